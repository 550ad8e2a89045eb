#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/document/filter.h>

#include "svg_style.h"

namespace tessera::formats {

/// One item of the filter property: a function of CSS, or url() as `text`.
struct FilterFunction {
    std::string name;                ///< lower case; empty: a reference
    std::string text;                ///< reference: as url(...) or #id
    std::optional<double> amount;    ///< factor, degrees, or standard deviation in px; absent: the function's default
    Point offset;                    ///< drop-shadow
    std::optional<std::string> color; ///< drop-shadow; absent: currentColor
    [[nodiscard]] bool isReference() const { return name.empty(); }
};

/// Nothing when there is a mistake anywhere; none of them for `none`.
[[nodiscard]] std::optional<std::vector<FilterFunction>> parseFilterFunctions(std::string_view value);

/// The function as a graph of one primitive; its region leaves room for all that it paints.
[[nodiscard]] std::shared_ptr<const document::Filter> filterOf(const FilterFunction& function, const Style& style, const Rect& boundsUser);

} // namespace tessera::formats
