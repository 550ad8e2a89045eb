#pragma once

#include <string>

#include <render/text/font_library.h>

/// Loads fonts from disk into a FontLibrary: for programs, outside the portable set. Any thread, one at a time per library.
namespace tessera::text {

/// Where the bundled fonts are: $TESSERA_FONT_DIR, else share/fonts (or share/tessera/fonts) beside the folder of the
/// running program's binary. Empty when neither exists.
[[nodiscard]] std::string bundledFontFolder();

/// Adds every .otf, .ttf file of the folder in name order. Fails when none could be added, naming the folder or file.
Result<void, FontError> addFontFolder(FontLibrary& library, const std::string& folder);
/// Both of the above.
Result<void, FontError> addBundledFonts(FontLibrary& library);

} // namespace tessera::text
