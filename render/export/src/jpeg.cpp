#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <render/export/codecs.h>

#include "premultiply.h"

namespace tessera::exports {

namespace {

struct ErrorManager {
    jpeg_error_mgr base;
    std::jmp_buf jump;
    char text[JMSG_LENGTH_MAX] = "unknown";
};

void onError(j_common_ptr info)
{
    auto* manager = reinterpret_cast<ErrorManager*>(info->err);
    info->err->format_message(info, manager->text);
    std::longjmp(manager->jump, 1);
}

void onMessage(j_common_ptr) {}

bool readHeader(jpeg_decompress_struct& jpeg, ErrorManager& errors, ByteView bytes)
{
    if (setjmp(errors.jump) != 0)
        return false;
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&jpeg, TRUE);
    return true;
}

/// A progressive file may carry thousands of scans, each costing a pass over all pixels.
constexpr int maxScans = 64;

void limitScans(j_common_ptr info)
{
    if (info->is_decompressor && reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > maxScans) {
        auto* manager = reinterpret_cast<ErrorManager*>(info->err);
        std::snprintf(manager->text, sizeof manager->text, "more than %d scans", maxScans);
        std::longjmp(manager->jump, 1);
    }
}

bool readRows(jpeg_decompress_struct& jpeg, ErrorManager& errors, scene::Image& image)
{
    if (setjmp(errors.jump) != 0)
        return false;
    // CMYK is read as RGB only where the library converts; the rest is refused with its own message.
    jpeg.out_color_space = JCS_EXT_RGBA;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = image.row(static_cast<int>(jpeg.output_scanline));
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    return true;
}

/// Source over white, opaque.
scene::Image onWhite(const scene::Image& image)
{
    scene::Image out = scene::Image::blank(image.widthPx, image.heightPx);
    for (int y = 0; y < image.heightPx; ++y) {
        const std::uint8_t* from = image.row(y);
        std::uint8_t* to = out.row(y);
        for (int i = 0; i < image.widthPx * 4; ++i)
            to[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 255 : from[i] + (255 - from[i | 3]));
    }
    return out;
}

/// The buffer, which the library grows, is the caller's to free in any case.
bool writeAll(jpeg_compress_struct& jpeg, ErrorManager& errors, scene::Image& image, int quality, unsigned char*& buffer, unsigned long& size)
{
    constexpr int sharpFrom = 90;
    if (setjmp(errors.jump) != 0)
        return false;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &buffer, &size);
    jpeg.image_width = static_cast<JDIMENSION>(image.widthPx);
    jpeg.image_height = static_cast<JDIMENSION>(image.heightPx);
    jpeg.input_components = 4;
    jpeg.in_color_space = JCS_EXT_RGBA;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.optimize_coding = TRUE;
    if (quality >= sharpFrom)
        jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = image.row(static_cast<int>(jpeg.next_scanline));
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    return true;
}

} // namespace

Result<Bytes, ImageError> encodeJpeg(const scene::Image& image, int quality)
{
    if (image.widthPx < 1 || image.heightPx < 1)
        return fail(ImageError{ImageErrc::emptyImage, "jpeg", "no pixels"});
    scene::Image opaque = onWhite(image);
    jpeg_compress_struct jpeg{};
    ErrorManager errors;
    jpeg.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.output_message = onMessage;
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    const bool done = writeAll(jpeg, errors, opaque, quality, buffer, size);
    jpeg_destroy_compress(&jpeg);
    Bytes bytes(buffer, buffer + (done ? size : 0));
    std::free(buffer);
    if (!done)
        return fail(ImageError{ImageErrc::codecFailed, "jpeg", errors.text});
    return bytes;
}

Result<scene::Image, ImageError> decodeJpeg(ByteView bytes, const ImageLimits& limits)
{
    jpeg_decompress_struct jpeg{};
    ErrorManager errors;
    jpeg.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = onError;
    errors.base.output_message = onMessage;
    jpeg_progress_mgr progress{};
    progress.progress_monitor = limitScans;
    const auto damaged = [&] {
        jpeg_destroy_decompress(&jpeg);
        return fail(ImageError{ImageErrc::damaged, "jpeg", errors.text});
    };
    if (!readHeader(jpeg, errors, bytes))
        return damaged();
    if (!fits(jpeg.image_width, jpeg.image_height, limits)) {
        const ImageError error = tooLarge("jpeg", jpeg.image_width, jpeg.image_height);
        jpeg_destroy_decompress(&jpeg);
        return fail(error);
    }
    scene::Image image = scene::Image::blank(static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height));
    jpeg.progress = &progress;
    if (!readRows(jpeg, errors, image))
        return damaged();
    jpeg_destroy_decompress(&jpeg);
    return image;
}

} // namespace tessera::exports
