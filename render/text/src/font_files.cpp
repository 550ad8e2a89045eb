#include <render/text/font_files.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tessera::text {

namespace fs = std::filesystem;

std::string bundledFontFolder()
{
    if (const char* set = std::getenv("TESSERA_FONT_DIR"); set && *set)
        return set;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error)
        return {};
    for (const char* relative : {"share/fonts", "share/tessera/fonts"}) {
        const fs::path folder = program.parent_path().parent_path() / relative;
        if (fs::is_directory(folder, error))
            return folder.string();
    }
    return {};
}

Result<void, FontError> addFontFolder(FontLibrary& library, const std::string& folder)
{
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string extension = it->path().extension().string();
        if (extension == ".otf" || extension == ".ttf")
            files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    FontError last{FontErrc::notFound, folder, "no .otf or .ttf file"};
    bool any = false;
    for (const fs::path& file : files) {
        std::ifstream in(file, std::ios::binary);
        Bytes bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        if (auto added = library.add(std::move(bytes), file.string()); added)
            any = true;
        else
            last = std::move(added).error();
    }
    if (!any)
        return fail(last);
    return {};
}

Result<void, FontError> addBundledFonts(FontLibrary& library)
{
    const std::string folder = bundledFontFolder();
    if (folder.empty())
        return fail(FontError{FontErrc::notFound, "share/fonts", "no bundled fonts beside the program; set TESSERA_FONT_DIR"});
    return addFontFolder(library, folder);
}

} // namespace tessera::text
