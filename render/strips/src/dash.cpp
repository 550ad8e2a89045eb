#include "curve.h"

#include <algorithm>
#include <cmath>

namespace tessera::strips {

namespace {

double lengthOf(const Polyline& line)
{
    double sum = 0;
    for (std::size_t i = 1; i < line.points.size(); ++i)
        sum += length(line.points[i] - line.points[i - 1]);
    if (line.closed && line.points.size() > 1)
        sum += length(line.points.front() - line.points.back());
    return sum;
}

class Dasher
{
public:
    /// `offset`: within one round of the dashes.
    Dasher(const Polyline& line, const std::vector<double>& dash, double offset) : m_line(line), m_dash(dash)
    {
        m_left = m_dash[0];
        while (offset >= m_left && offset > 0) {
            offset -= m_left;
            m_index = (m_index + 1) % m_dash.size();
            m_left = m_dash[m_index];
            m_on = !m_on;
        }
        m_left -= offset;
        m_beginsOn = m_on;
    }

    void run(Polylines& out)
    {
        const std::size_t first = out.size(), count = m_line.points.size();
        start(m_line.points[0], out);
        const std::size_t segments = m_line.closed ? count : count - 1;
        for (std::size_t i = 0; i < segments; ++i)
            walk(i, (i + 1) % count, out);
        // A dash that runs through the start of a closed line is one dash.
        if (m_line.closed && m_on && m_beginsOn && out.size() - first > 1) {
            Polyline& head = out[first];
            Polyline& tail = out.last();
            tail.smooth.back() = m_line.smooth[0];
            tail.points.insert(tail.points.end(), head.points.begin() + 1, head.points.end());
            tail.smooth.insert(tail.smooth.end(), head.smooth.begin() + 1, head.smooth.end());
            std::swap(head, tail);
            out.removeLast();
        }
    }

private:
    void start(Point p, Polylines& out)
    {
        if (!m_on)
            return;
        Polyline& dash = out.add();
        dash.points.push_back(p);
        dash.smooth.push_back(false);
    }

    void walk(std::size_t from, std::size_t to, Polylines& out)
    {
        const Point a = m_line.points[from], b = m_line.points[to];
        const double total = length(b - a);
        double done = 0;
        while (total - done > m_left) {
            done += m_left;
            const Point p = a + (b - a) * (done / total);
            if (m_on) {
                out.last().points.push_back(p);
                out.last().smooth.push_back(false);
            }
            m_index = (m_index + 1) % m_dash.size();
            m_left = m_dash[m_index];
            m_on = !m_on;
            start(p, out);
        }
        m_left -= total - done;
        if (m_on) {
            out.last().points.push_back(b);
            out.last().smooth.push_back(m_line.smooth[to]);
        }
    }

    const Polyline& m_line;
    const std::vector<double>& m_dash;
    std::size_t m_index = 0;
    double m_left = 0;
    bool m_on = true;
    bool m_beginsOn = true;
};

void copyLines(std::span<const Polyline> lines, Polylines& out)
{
    for (const Polyline& line : lines)
        out.add() = line;
}

} // namespace

void dashed(std::span<const Polyline> lines, const std::vector<double>& dash, double offset, Polylines& out)
{
    std::vector<double> pattern;
    double sum = 0;
    for (double d : dash) {
        if (!std::isfinite(d) || d < 0)
            return copyLines(lines, out);
        pattern.push_back(d);
        sum += d;
    }
    if (!(sum > 0) || !std::isfinite(sum))
        return copyLines(lines, out);
    if (pattern.size() % 2 != 0)
        pattern.insert(pattern.end(), dash.begin(), dash.end()), sum *= 2;
    offset = std::isfinite(offset) ? std::fmod(offset, sum) : 0;
    if (offset < 0)
        offset += sum;
    for (const Polyline& line : lines) {
        const double dashes = lengthOf(line) / sum * static_cast<double>(pattern.size());
        if (line.points.size() < 2 || !(dashes < maxDashes))
            out.add() = line;
        else
            Dasher(line, pattern, offset).run(out);
    }
}

} // namespace tessera::strips
