// One SVG by Qt's raster engine, as peer.mjs does it: bench-qt-svg FILE REPETITIONS PNG prints {"ms": …}. Parsing is not measured.
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

namespace {

double cpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

} // namespace

int main(int argc, char** argv)
{
    QGuiApplication application(argc, argv);
    if (argc != 4)
        return 2;
    QSvgRenderer renderer(QString::fromLocal8Bit(argv[1]));
    if (!renderer.isValid())
        return 1;
    QImage image(renderer.defaultSize(), QImage::Format_ARGB32_Premultiplied);
    const auto draw = [&] {
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        renderer.render(&painter);
    };
    draw();
    std::vector<double> times;
    for (int i = 0; i < std::max(1, atoi(argv[2])); ++i) {
        const double start = cpuMs();
        draw();
        times.push_back(cpuMs() - start);
    }
    std::sort(times.begin(), times.end());
    std::printf("{\"ms\": %.3f}\n", times[times.size() / 2]);
    return image.save(QString::fromLocal8Bit(argv[3])) ? 0 : 1;
}
