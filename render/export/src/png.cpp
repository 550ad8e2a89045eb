#include <csetjmp>
#include <cstring>
#include <vector>

#include <png.h>

#include <render/export/codecs.h>

#include "premultiply.h"

namespace tessera::exports {

namespace {

struct Source {
    ByteView bytes;
    std::size_t offset = 0;
};

/// libpng reports errors by longjmp: no object with a destructor lives between setjmp and the calls into it.
struct ErrorText {
    char text[128] = "unknown";
};

void onError(png_structp png, png_const_charp message)
{
    auto* error = static_cast<ErrorText*>(png_get_error_ptr(png));
    std::strncpy(error->text, message, sizeof error->text - 1);
    png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep out, std::size_t count)
{
    auto* source = static_cast<Source*>(png_get_io_ptr(png));
    if (source->bytes.size() - source->offset < count)
        png_error(png, "input ended early");
    std::memcpy(out, source->bytes.data() + source->offset, count);
    source->offset += count;
}

void writeBytes(png_structp png, png_bytep data, std::size_t count)
{
    auto* out = static_cast<Bytes*>(png_get_io_ptr(png));
    out->insert(out->end(), data, data + count);
}

/// Reads everything up to the pixels and asks for 8-bit RGBA rows. False: `error` says why.
bool readHeader(png_structp png, png_infop info, const ImageLimits& limits, int& width, int& height)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_user_limits(png, static_cast<png_uint_32>(limits.maxSidePx), static_cast<png_uint_32>(limits.maxSidePx));
    png_set_chunk_cache_max(png, 64);
    png_set_chunk_malloc_max(png, 8u << 20);
    png_read_info(png, info);
    width = static_cast<int>(png_get_image_width(png, info));
    height = static_cast<int>(png_get_image_height(png, info));
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
}

bool readRows(png_structp png, png_bytepp rows)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
}

bool writeAll(png_structp png, png_infop info, int width, int height, png_bytepp rows)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8, PNG_COLOR_TYPE_RGBA,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    png_write_image(png, rows);
    png_write_end(png, nullptr);
    return true;
}

std::vector<png_bytep> rowPointers(scene::Image& image)
{
    std::vector<png_bytep> rows;
    for (int y = 0; y < image.heightPx; ++y)
        rows.push_back(image.row(y));
    return rows;
}

} // namespace

Result<scene::Image, ImageError> decodePng(ByteView bytes, const ImageLimits& limits)
{
    if (bytes.size() < 8 || png_sig_cmp(bytes.data(), 0, 8) != 0)
        return fail(ImageError{ImageErrc::unknownFormat, "png", "no PNG signature"});
    TESSERA_CHECK(readImageInfo(bytes, limits)); // libpng words its own limit as "invalid IHDR"
    Source source{bytes};
    ErrorText error;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &error, onError, onWarning);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    if (!info) {
        png_destroy_read_struct(&png, nullptr, nullptr);
        return fail(ImageError{ImageErrc::codecFailed, "png", "out of memory"});
    }
    png_set_read_fn(png, &source, readBytes);
    int width = 0, height = 0;
    const auto failed = [&](ImageErrc code) {
        png_destroy_read_struct(&png, &info, nullptr);
        const std::string detail = std::string(error.text) + " at byte " + std::to_string(source.offset);
        return fail(ImageError{code, "png", detail});
    };
    if (!readHeader(png, info, limits, width, height))
        return failed(ImageErrc::damaged);
    scene::Image image = scene::Image::blank(width, height);
    std::vector<png_bytep> rows = rowPointers(image);
    if (!readRows(png, rows.data()))
        return failed(ImageErrc::damaged);
    png_destroy_read_struct(&png, &info, nullptr);
    premultiply(image);
    return image;
}

Result<Bytes, ImageError> encodePng(const scene::Image& image)
{
    if (image.widthPx < 1 || image.heightPx < 1)
        return fail(ImageError{ImageErrc::emptyImage, "png", "no pixels"});
    scene::Image plain = unpremultiplied(image);
    std::vector<png_bytep> rows = rowPointers(plain);
    Bytes out;
    ErrorText error;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &error, onError, onWarning);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    if (!info) {
        png_destroy_write_struct(&png, nullptr);
        return fail(ImageError{ImageErrc::codecFailed, "png", "out of memory"});
    }
    png_set_write_fn(png, &out, writeBytes, nullptr);
    png_set_compression_level(png, 6);
    const bool done = writeAll(png, info, plain.widthPx, plain.heightPx, rows.data());
    png_destroy_write_struct(&png, &info);
    if (!done)
        return fail(ImageError{ImageErrc::codecFailed, "png", error.text});
    return out;
}

} // namespace tessera::exports
