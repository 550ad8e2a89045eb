#version 450
// A finished mask goes over its layer: the blend factors multiply the layer by this alpha.
layout(set = 1, binding = 0) uniform sampler2D maskPixels;
layout(push_constant) uniform Push {
    vec2 pixelToClip;
    uint paint; // 1: luminance
    float opacity;
} push;
layout(location = 0) out vec4 result;

void main()
{
    const vec4 mask = texelFetch(maskPixels, ivec2(gl_FragCoord.xy), 0);
    result = vec4(push.paint == 1u ? dot(mask.rgb, vec3(54.0, 183.0, 19.0) / 256.0) : mask.a);
}
