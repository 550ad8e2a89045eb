#version 450
// Paint times coverage. The arithmetic is that of the CPU back end (render/strips/frame.h states it).
struct Paint {
    vec4 color;
    vec4 linear;  // m[0..3]
    vec2 offset;  // m[4..5]
    float opacity;
    uint kind;
    uint firstStop;
    uint stopCount;
    uint image;
    uint repeats;
    uint spread;
    float focusX, focusY;
    float focusRadius;
};
struct Stop {
    vec4 color;
    float offset;
    float reserved0, reserved1, reserved2;
};
layout(set = 0, binding = 0, std430) readonly buffer Alphas { uint alphas[]; };
layout(set = 0, binding = 1, std430) readonly buffer Paints { Paint paints[]; };
layout(set = 0, binding = 2, std430) readonly buffer Stops { Stop stops[]; };
layout(set = 1, binding = 0) uniform sampler2D picture;

layout(push_constant) uniform Push {
    vec2 pixelToClip;
    uint paint;
    float opacity;
} push;

layout(location = 0) flat in ivec2 origin;
layout(location = 1) flat in uint alphaColumn;
layout(location = 0) out vec4 result;

const uint solidSpan = 0xffffffffu;

vec4 gradientColor(Paint paint, float t)
{
    const uint first = paint.firstStop;
    if (paint.stopCount == 0u)
        return vec4(0.0);
    if (t < stops[first].offset)
        return stops[first].color;
    uint low = 0u, high = paint.stopCount; // the last stop at or before t
    while (high - low > 1u) {
        const uint middle = (low + high) / 2u;
        if (stops[first + middle].offset <= t)
            low = middle;
        else
            high = middle;
    }
    if (low + 1u == paint.stopCount)
        return stops[first + low].color;
    const Stop a = stops[first + low], b = stops[first + low + 1u];
    return mix(a.color, b.color, (t - a.offset) / (b.offset - a.offset));
}

/// Where a gradient stands at g; render/scene/display_list.h defines it.
float gradientPosition(Paint paint, vec2 g)
{
    const vec2 d = g - 0.5;
    if (paint.kind == 1u)
        return g.x;
    if (paint.kind == 4u) {
        const float turn = atan(d.y, d.x) * 0.15915494309189535;
        return turn < 0.0 ? turn + 1.0 : turn;
    }
    if (paint.kind == 5u)
        return 2.0 * (abs(d.x) + abs(d.y));
    const vec2 focus = vec2(paint.focusX, paint.focusY);
    if (focus == vec2(0.0) && paint.focusRadius == 0.0)
        return 2.0 * length(d);
    const vec2 p = 2.0 * d - focus;
    const float dr = 1.0 - paint.focusRadius;
    const float a = dr * dr - dot(focus, focus);
    const float b = paint.focusRadius * dr - dot(p, focus);
    const float c = dot(p, p) - paint.focusRadius * paint.focusRadius;
    const float root = sqrt(max(0.0, b * b + a * c));
    return ((dr < 0.0 ? -root : root) - b) / a;
}

float spreadPosition(Paint paint, float t)
{
    if (paint.spread == 2u)
        return t - floor(t);
    if (paint.spread == 1u)
        return abs(t - 2.0 * floor(t / 2.0 + 0.5));
    return t;
}

vec4 texel(ivec2 at, ivec2 size, bool repeats)
{
    at = repeats ? ((at % size) + size) % size : clamp(at, ivec2(0), size - 1);
    return texelFetch(picture, at, 0);
}

vec4 imageColor(Paint paint, vec2 g)
{
    const ivec2 size = textureSize(picture, 0);
    const vec2 p = g - 0.5;
    const vec2 base = floor(p);
    const vec2 f = p - base;
    const ivec2 at = ivec2(base);
    const bool repeats = paint.repeats != 0u;
    const vec4 top = mix(texel(at, size, repeats), texel(at + ivec2(1, 0), size, repeats), f.x);
    const vec4 bottom = mix(texel(at + ivec2(0, 1), size, repeats), texel(at + ivec2(1, 1), size, repeats), f.x);
    return mix(top, bottom, f.y);
}

void main()
{
    float coverage = 1.0;
    if (alphaColumn != solidSpan) {
        const ivec2 within = ivec2(gl_FragCoord.xy) - origin;
        coverage = float((alphas[alphaColumn + uint(within.x)] >> (8 * within.y)) & 255u) / 255.0;
    }
    const Paint paint = paints[push.paint];
    vec4 source = paint.color;
    if (paint.kind != 0u) {
        const vec2 g = mat2(paint.linear.xy, paint.linear.zw) * gl_FragCoord.xy + paint.offset;
        if (paint.kind == 3u) {
            source = imageColor(paint, g) * paint.opacity;
        } else {
            const float t = spreadPosition(paint, gradientPosition(paint, g));
            const vec4 color = gradientColor(paint, clamp(t, 0.0, 1.0));
            source = vec4(color.rgb * color.a, color.a) * paint.opacity;
        }
    }
    result = source * coverage;
}
