#include "compare.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <render/export/codecs.h>

namespace tessera::testing {

namespace fs = std::filesystem;

namespace {

void writePng(const fs::path& path, const scene::Image& image)
{
    fs::create_directories(path.parent_path());
    const auto bytes = exports::encodePng(image);
    if (!bytes)
        return;
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.value().data()), static_cast<std::streamsize>(bytes.value().size()));
}

scene::Image amplified(const scene::Image& a, const scene::Image& b)
{
    scene::Image out = scene::Image::blank(a.widthPx, a.heightPx);
    for (int y = 0; y < a.heightPx; ++y) {
        for (int i = 0; i < a.widthPx * 4; ++i)
            out.row(y)[i] = i % 4 == 3 ? 255 : static_cast<std::uint8_t>(std::min(255, 8 * std::abs(a.row(y)[i] - b.row(y)[i])));
    }
    return out;
}

} // namespace

Difference compare(const scene::Image& a, const scene::Image& b, int tolerance)
{
    if (a.widthPx != b.widthPx || a.heightPx != b.heightPx)
        return {255, 255, static_cast<long>(a.widthPx) * a.heightPx};
    Difference d;
    double sum = 0;
    for (int y = 0; y < a.heightPx; ++y) {
        for (int x = 0; x < a.widthPx; ++x) {
            int worst = 0;
            for (int c = 0; c < 4; ++c) {
                const int delta = std::abs(a.row(y)[4 * x + c] - b.row(y)[4 * x + c]);
                worst = std::max(worst, delta);
                sum += delta;
            }
            d.largest = std::max(d.largest, worst);
            d.pixelsOver += worst > tolerance;
        }
    }
    d.mean = sum / std::max(1.0, 4.0 * a.widthPx * a.heightPx);
    return d;
}

std::string checkAgainstReference(const std::string& name, const scene::Image& picture, const Tolerance& tolerance)
{
    const fs::path reference = fs::path(TESSERA_REFERENCE_DIR) / (name + ".png");
    const char* update = std::getenv("TESSERA_UPDATE_REFERENCES");
    if (update && std::string_view(update) == "1") {
        writePng(reference, picture);
        return {};
    }
    const fs::path failure = fs::path(TESSERA_FAILURE_DIR) / name;
    std::ifstream in(reference, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto expected = exports::decodePng(bytes);
    if (!expected) {
        writePng(failure.string() + ".png", picture);
        return "no reference " + reference.string();
    }
    // References are stored unpremultiplied; the picture takes the same way, so that only drawing is compared.
    const auto stored = exports::encodePng(picture);
    const auto actual = stored ? exports::decodePng(stored.value()) : Result<scene::Image, exports::ImageError>(picture);
    const Difference d = compare(actual.value(), expected.value(), tolerance.channel);
    if (d.pixelsOver <= tolerance.pixels)
        return {};
    writePng(failure.string() + ".png", picture);
    if (picture.widthPx == expected.value().widthPx && picture.heightPx == expected.value().heightPx)
        writePng(failure.string() + "-difference.png", amplified(actual.value(), expected.value()));
    return name + ": " + std::to_string(d.pixelsOver) + " pixels differ by more than " + std::to_string(tolerance.channel) +
           ", the most by " + std::to_string(d.largest) + ", mean " + std::to_string(d.mean);
}

} // namespace tessera::testing
