#pragma once

#include <vector>

#include <core/base/bytes.h>

#include "model_folder.h"

/// Tensors to PNG. Pure.
namespace tessera::appliance {

/// A decoded picture, planes of red, green, blue in -1..1, cut to the asked size around its centre.
[[nodiscard]] Bytes pictureToPng(const std::vector<float>& planes, int planeWidth, int planeHeight, int width, int height);

/// A latent through the model's linear map, one pixel per latent.
[[nodiscard]] Bytes latentToPng(const std::vector<float>& latent, int width, int height, const ModelFolder& model);

} // namespace tessera::appliance
