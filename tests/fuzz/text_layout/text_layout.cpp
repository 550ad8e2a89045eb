#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include <render/text/font_files.h>
#include <render/text/layout.h>

using namespace tessera;
using namespace tessera::text;

namespace {

constexpr std::size_t longest = 400; ///< UTF-16 units: what grows with the square of the text stays quick

/// Runs and options from bytes: ordinary numbers mostly, some infinite or none.
class Source
{
public:
    Source(const std::uint8_t* data, std::size_t size) : m_data(data), m_size(size) {}
    [[nodiscard]] bool atEnd() const { return m_at >= m_size; }
    std::uint8_t byte() { return atEnd() ? 0 : m_data[m_at++]; }
    bool flag() { return byte() % 2 != 0; }
    double number()
    {
        const std::uint8_t kind = byte();
        if (kind >= 250)
            return kind % 2 != 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
        return (static_cast<double>(kind) - 60) * (byte() % 8);
    }
    std::string text()
    {
        constexpr const char* samples[] = {"a",      "b ",      "fi",     "\n",     "\r\n",  "e\u0301", "\u05D0\u05D1", "\u0627\u0644",
                                           "\u4e2d", "\u202E",  "\u2029", "\u200D", "1 2",   "-",       "\U0001F468",   "\u0301"};
        std::string result;
        for (int i = byte() % 12; i > 0; --i) {
            const std::uint8_t choice = byte();
            if (choice < 240)
                result += samples[choice % std::size(samples)];
            else
                result += static_cast<char>(byte()); // perhaps no UTF-8
        }
        return result;
    }
    Run run()
    {
        Run run{text()};
        const std::uint8_t what = byte();
        if (what & 1)
            run.start = Start{flag() ? std::optional(number()) : std::nullopt, flag() ? std::optional(number()) : std::nullopt, number(), number()};
        if (what & 2)
            run.fit = Fit{number(), flag(), byte()};
        if (what & 4)
            run.onPath = OnPath{byte() % 4u, number(), flag(), byte()};
        if (what & 8)
            run.rotation = number();
        if (what & 16)
            run.style.letterSpacing = number(), run.style.wordSpacing = number(), run.style.size = number();
        if (what & 32)
            run.style.rules = {{RuleKind::underline, number()}, {RuleKind::lineThrough, {}}};
        if (what & 64)
            run.style.baselineShift = {number(), byte() % 3, byte() % 3}, run.style.baselineAlign = static_cast<BaselineAlign>(byte() % 8);
        if (what & 128)
            run.style.letterCase = static_cast<Case>(byte() % 5), run.anchor = static_cast<Anchor>(byte() % 3);
        return run;
    }
    Path path()
    {
        Path path;
        for (int i = byte() % 6; i > 0; --i) {
            const Point a{number(), number()}, b{number(), number()}, c{number(), number()};
            switch (byte() % 4) {
            case 0: path.moveTo(a); break;
            case 1: path.lineTo(a); break;
            case 2: path.cubicTo(a, b, c); break;
            default: path.close(); break;
            }
        }
        return path;
    }

private:
    const std::uint8_t* m_data;
    std::size_t m_size;
    std::size_t m_at = 0;
};

void check(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

/// Whatever the runs say, the lines cover the text, and every position has a caret.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static FontLibrary* const fonts = [] {
        auto* library = new FontLibrary; // lives as long as the process
        check(addBundledFonts(*library).hasValue());
        return library;
    }();
    Source source(data, size);
    Options options;
    options.positioned = source.flag();
    options.align = static_cast<Align>(source.byte() % 4);
    options.maxLines = source.byte() % 4;
    options.ellipsis = source.flag();
    if (source.flag())
        options.wrapWidth = source.number();
    options.paths = {source.path(), source.path()};
    std::vector<Run> runs;
    for (std::size_t length = 0; !source.atEnd() && length < longest;) {
        runs.push_back(source.run());
        length += runs.back().text.size() + 1;
    }
    const Layout layout = layoutText(runs, options, *fonts);
    check(!layout.lines.empty());
    std::uint32_t at = 0;
    for (const Line& line : layout.lines) {
        check(line.firstUnit >= at && line.endUnit >= line.firstUnit && !line.carets.empty());
        check(line.carets.front().unit == line.firstUnit && line.carets.back().unit == line.endUnit);
        at = line.endUnit;
    }
    for (const Glyph& glyph : layout.glyphs)
        check(glyph.run < runs.size() && glyph.unit <= layout.unitCount);
    for (std::uint32_t unit = 0; unit <= layout.unitCount; ++unit) {
        check(caretAt(layout, unit).line < layout.lines.size());
        check(caretAt(layout, unit, Affinity::upstream).line < layout.lines.size());
        check(nextStop(layout, unit) >= unit || nextStop(layout, unit) == layout.unitCount);
    }
    check(unitAt(layout, {source.number(), source.number()}) <= layout.unitCount);
    static_cast<void>(selectionRects(layout, source.byte(), layout.unitCount));
    return 0;
}
