#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

namespace {

text::Style styled(double size, int weight = 400, bool italic = false)
{
    text::Style style;
    style.size = size;
    style.weight = weight;
    style.italic = italic;
    return style;
}

} // namespace

scene::DisplayList paragraphs()
{
    ListBuilder list;
    list.fill(rectPath({0, 0, 256, 256}), {rgb(0xffffff)});
    const std::vector<text::Run> runs{{"Paper ", styled(12, 700)},
                                      {"remembers the hand that drew on it. A ", styled(12)},
                                      {"shared", styled(12, 400, true)},
                                      {" page remembers everyone's.", styled(12)}};
    const std::vector<scene::Paint> paints{{rgb(0xe0527d)}, {rgb(0x10183f)}, {rgb(0x3a6ff7)}, {rgb(0x10183f)}};
    const text::Align aligns[] = {text::Align::left, text::Align::center, text::Align::right, text::Align::justify};
    for (int i = 0; i < 4; ++i) {
        const Rect box{8 + 124.0 * (i % 2), 8 + 84.0 * (i / 2), 116, 76};
        list.stroke(rectPath(box), pen(0.5), {rgb(0xb9c4e8)});
        list.text(runs, paints, box.topLeft(), {.align = aligns[i], .wrapWidth = box.width, .box = {box.width, box.height}});
    }
    list.text({{"Straße façade fjord 0123 – “quoted” ½ €", styled(11, 500)}}, {{rgb(0x120c2c)}}, {8, 180});
    list.text({{"AVATAR To. fi ffl", styled(11, 600)}}, {{rgb(0x120c2c)}}, {8, 200});
    text::Style loose = styled(10);
    loose.letterSpacing = 3;
    list.text({{"LETTER SPACED", loose}}, {{rgb(0x51307e)}}, {8, 220});
    for (int size = 6; size <= 9; ++size)
        list.text({{"tiny text " + std::to_string(size), styled(size)}}, {{rgb(0x000000)}}, {150, 206.0 + 12 * (size - 6)});
    return list.take();
}

scene::DisplayList lettering()
{
    ListBuilder list;
    list.fill(rectPath({0, 0, 256, 256}), {rgb(0x10183f)});
    list.text({{"Tessera", styled(58, 700)}}, {linear({0, 0}, {230, 0}, {{0, rgb(0xffb45c)}, {1, rgb(0xe0527d)}})}, {10, 4});
    list.text({{"@&Qg", styled(76, 600)}}, {{rgb(0xffffff, 0.9)}}, {8, 76});
    list.setTransform(Transform::translation(40, 250) * Transform::rotation(-0.5));
    list.text({{"turned text", styled(28, 500)}}, {{rgb(0x7fe0c0)}}, {60, -30});
    list.setTransform(Transform{1.4, 0, -0.5, 1, 60, 205});
    list.text({{"skewed", styled(30, 400, true)}}, {{rgb(0xff8552)}}, {0, 0});
    return list.take();
}

} // namespace tessera::testing
