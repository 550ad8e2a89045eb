#include <csetjmp>
#include <cstdio>
#include <vector>

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

} // namespace

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
