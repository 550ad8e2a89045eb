#include "drawings.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include <core/formats/svg_import.h>

namespace tessera::bench {
namespace {

constexpr double cellDoc = 80; ///< the largest are 72 wide

[[noreturn]] void stop(const std::string& path, const std::string& why)
{
    std::cerr << path << ": " << why << '\n';
    std::exit(1);
}

} // namespace

std::vector<NodeId> importDrawings(document::Document& document, const NodeId& page, Random& random, std::istream& paths)
{
    std::vector<std::string> files;
    for (std::string path; std::getline(paths, path);)
        files.push_back(std::move(path));
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(files.size()) * 16 / 9)));
    std::vector<NodeId> frames;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::ifstream in(files[i], std::ios::binary);
        const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
        const auto imported = formats::importSvg(bytes, files[i]);
        if (!imported)
            stop(files[i], formats::describe(imported.error()));
        auto commands = formats::toCommands(*imported, {page, std::nullopt}, random);
        frames.push_back(std::get<document::CreateNode>(commands.front()).id);
        const auto place = Transform::translation(static_cast<double>(i % columns) * cellDoc, static_cast<double>(i / columns) * cellDoc);
        commands.emplace_back(document::SetTransform{frames.back(), place});
        if (const auto applied = document::apply(document, commands, "import"); !applied)
            stop(files[i], document::describe(applied.error()));
    }
    return frames;
}

} // namespace tessera::bench
