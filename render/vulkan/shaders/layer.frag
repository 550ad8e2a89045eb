#version 450
// A finished layer goes onto what is below it.
layout(set = 1, binding = 0) uniform sampler2D layerPixels;
layout(push_constant) uniform Push {
    vec2 pixelToClip;
    uint paint;
    float opacity;
} push;
layout(location = 0) out vec4 result;

void main()
{
    result = texelFetch(layerPixels, ivec2(gl_FragCoord.xy), 0) * push.opacity;
}
