#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/color.h>

namespace pugi {
class xml_node;
}

/// The cascade: presentation attributes < style sheets by specificity < style attribute, with inheritance.
namespace tessera::formats {

/// One compound selector: `path.cls#id`; empty parts match anything.
struct CompoundSelector {
    std::string type;
    std::string id;
    std::vector<std::string> classes;
};
struct StyleRule {
    std::vector<CompoundSelector> ancestorsThenSubject; ///< descendant combinators only
    int specificity{};
    std::vector<std::pair<std::string, std::string>> declarations;
};

/// Rules of all <style> elements in source order. Selectors with pseudo-classes, attributes or siblings are skipped.
class StyleSheet
{
public:
    void add(std::string_view css);
    /// Declarations for the element, weakest first.
    [[nodiscard]] std::vector<const StyleRule*> matching(const pugi::xml_node& element) const;

private:
    std::vector<StyleRule> m_rules;
};

[[nodiscard]] std::vector<std::pair<std::string, std::string>> parseDeclarations(std::string_view css);

/// Specified values of one element: inherited ones from the parent, its own on top.
class Style
{
public:
    /// The element's style below a parent's.
    [[nodiscard]] static Style of(const pugi::xml_node& element, const Style& parent, const StyleSheet& sheet);
    /// Empty when unset (or `inherit` with nothing to inherit).
    [[nodiscard]] std::string_view get(const std::string& property) const;
    [[nodiscard]] double number(const std::string& property, double fallback) const; ///< 0.5 or 50%
    [[nodiscard]] double length(const std::string& property, double fallback, double percentBase) const;
    [[nodiscard]] Color currentColor() const;
    [[nodiscard]] double fontSize() const;
    [[nodiscard]] bool isHidden() const; ///< by visibility
    /// Only the outline counts, under clip-rule.
    void becomeClip();
    /// `element` is what context-fill and context-stroke mean for all below.
    void becomeContext(const Style& element);

private:
    std::map<std::string, std::string> m_values;
};

} // namespace tessera::formats
