#version 450
// One instance per span: a box of `width` columns and 4 rows. Corners by vertex index, as a triangle strip.
layout(location = 0) in ivec2 spanAt;
layout(location = 1) in uint spanWidth;
layout(location = 2) in uint spanAlphaColumn;

layout(push_constant) uniform Push {
    vec2 pixelToClip;
    uint paint;
    float opacity;
} push;

layout(location = 0) flat out ivec2 origin;
layout(location = 1) flat out uint alphaColumn;

void main()
{
    const vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
    const vec2 pixel = vec2(spanAt) + corner * vec2(float(spanWidth), 4.0);
    origin = spanAt;
    alphaColumn = spanAlphaColumn;
    gl_Position = vec4(pixel * push.pixelToClip - 1.0, 0.0, 1.0);
}
