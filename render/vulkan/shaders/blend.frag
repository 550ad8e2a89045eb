#version 450
// A finished layer goes onto a copy of what is below it by a blend mode; CSS compositing level 1, section 10. The numbers
// of the modes are those of core/document/node.h.
layout(set = 1, binding = 0) uniform sampler2D layerPixels;
layout(set = 2, binding = 0) uniform sampler2D belowPixels;
layout(push_constant) uniform Push {
    vec2 pixelToClip;
    uint paint; // the mode
    float opacity;
} push;
layout(location = 0) out vec4 result;

float luminanceOf(vec3 c) { return dot(c, vec3(0.3, 0.59, 0.11)); }
float lowest(vec3 c) { return min(c.r, min(c.g, c.b)); }
float highest(vec3 c) { return max(c.r, max(c.g, c.b)); }

vec3 withLuminance(vec3 c, float luminance)
{
    c += luminance - luminanceOf(c);
    const float l = luminanceOf(c), low = lowest(c), high = highest(c);
    if (low < 0.0)
        c = l + (c - l) * (l / (l - low));
    if (high > 1.0)
        c = l + (c - l) * ((1.0 - l) / (high - l));
    return c;
}

float saturationOf(vec3 c) { return highest(c) - lowest(c); }

vec3 withSaturation(vec3 c, float saturation)
{
    const float range = saturationOf(c);
    return range > 0.0 ? (c - lowest(c)) * saturation / range : vec3(0.0);
}

float hardLight(float below, float source)
{
    return source <= 0.5 ? below * 2.0 * source : below + (2.0 * source - 1.0) - below * (2.0 * source - 1.0);
}

float softLight(float below, float source)
{
    if (source <= 0.5)
        return below - (1.0 - 2.0 * source) * below * (1.0 - below);
    const float d = below <= 0.25 ? ((16.0 * below - 12.0) * below + 4.0) * below : sqrt(below);
    return below + (2.0 * source - 1.0) * (d - below);
}

float separable(float below, float source)
{
    switch (push.paint) {
    case 2u: return below * source;
    case 3u: return below + source - below * source;
    case 4u: return hardLight(source, below);
    case 5u: return min(below, source);
    case 6u: return max(below, source);
    case 7u: return below <= 0.0 ? 0.0 : source >= 1.0 ? 1.0 : min(1.0, below / (1.0 - source));
    case 8u: return below >= 1.0 ? 1.0 : source <= 0.0 ? 0.0 : 1.0 - min(1.0, (1.0 - below) / source);
    case 9u: return hardLight(below, source);
    case 10u: return softLight(below, source);
    case 11u: return abs(below - source);
    case 12u: return below + source - 2.0 * below * source;
    }
    return source;
}

vec3 mixed(vec3 below, vec3 source)
{
    switch (push.paint) {
    case 13u: return withLuminance(withSaturation(source, saturationOf(below)), luminanceOf(below));
    case 14u: return withLuminance(withSaturation(below, saturationOf(source)), luminanceOf(below));
    case 15u: return withLuminance(source, luminanceOf(below));
    case 16u: return withLuminance(below, luminanceOf(source));
    }
    return vec3(separable(below.r, source.r), separable(below.g, source.g), separable(below.b, source.b));
}

void main()
{
    const ivec2 at = ivec2(gl_FragCoord.xy);
    const vec4 source = texelFetch(layerPixels, at, 0) * push.opacity, below = texelFetch(belowPixels, at, 0);
    if (source.a == 0.0) {
        result = below;
    } else if (below.a == 0.0) {
        result = source;
    } else {
        const vec3 blend = mixed(below.rgb / below.a, source.rgb / source.a);
        const float alpha = source.a + below.a - source.a * below.a;
        const vec3 color = source.rgb * (1.0 - below.a) + below.rgb * (1.0 - source.a) + source.a * below.a * blend;
        result = vec4(clamp(color, vec3(0.0), vec3(alpha)), alpha);
    }
}
