#include <cstdio>
#include <optional>

#include <QApplication>
#include <QCommandLineParser>
#include <QDateTime>
#include <QFile>
#include <QPalette>
#include <QTimer>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/shell/drive_server.h>
#include <app/shell/main_window.h>
#include <app/shell/process_clock.h>
#include <render/text/font_files.h>

using namespace tessera;
using namespace tessera::app;

namespace {

struct Arguments {
    QString file;
    QString link;
    QString name;
    bool drive = false;
    WindowOptions window;
};

[[noreturn]] void refuse(const QString& text)
{
    std::fprintf(stderr, "tessera-editor: %s\n", qPrintable(text));
    std::exit(2);
}

Appearance systemAppearance()
{
    return QApplication::palette().color(QPalette::Window).lightness() < 128 ? Appearance::dark : Appearance::light;
}

QString readKey(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        refuse(QStringLiteral("--relay-key-file %1: %2").arg(path, file.errorString()));
    return QString::fromUtf8(file.read(4096)).trimmed();
}

Arguments parseArguments(const QApplication& application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Design together, on machines you own."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("file"), QStringLiteral("The .tessera file to open; made when it does not exist."), QStringLiteral("[FILE]"));
    const QCommandLineOption link(QStringLiteral("open-link"), QStringLiteral("Join the shared room of LINK."), QStringLiteral("LINK"));
    const QCommandLineOption relay(QStringLiteral("relay"), QStringLiteral("Relay on which sharing makes rooms."), QStringLiteral("URL"));
    const QCommandLineOption relayKey(QStringLiteral("relay-key-file"), QStringLiteral("File with the relay's admin key."), QStringLiteral("FILE"));
    const QCommandLineOption appliance(QStringLiteral("appliance"), QStringLiteral("Appliance to generate with when not shared."), QStringLiteral("HOST:PORT"));
    const QCommandLineOption look(QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("THEME"), QStringLiteral("system"));
    // "--name" alone would be eaten by Qt's X11 platform, which has an option of that name for itself.
    const QCommandLineOption name(QStringList{QStringLiteral("person"), QStringLiteral("name")}, QStringLiteral("Name that teammates see."), QStringLiteral("NAME"));
    const QCommandLineOption renderer(QStringLiteral("renderer"), QStringLiteral("cpu, vulkan or auto."), QStringLiteral("RENDERER"), QStringLiteral("auto"));
    const QCommandLineOption drive(QStringLiteral("drive"), QStringLiteral("Read JSON requests on standard input, see app/shell/README.md."));
    parser.addOptions({link, relay, relayKey, appliance, look, name, renderer, drive});
    parser.process(application);

    Arguments arguments;
    if (parser.positionalArguments().size() > 1)
        refuse(QStringLiteral("one file at a time, got %1").arg(parser.positionalArguments().size()));
    arguments.file = parser.positionalArguments().value(0);
    arguments.link = parser.value(link);
    arguments.drive = parser.isSet(drive);
    arguments.name = parser.value(name);
    if (arguments.name.isEmpty())
        arguments.name = qEnvironmentVariable("USER", QStringLiteral("Someone"));
    arguments.window.relay.origin = parser.value(relay);
    if (parser.isSet(relayKey))
        arguments.window.relay.adminKey = readKey(parser.value(relayKey));
    arguments.window.applianceAddress = parser.value(appliance);
    const QString theme = parser.value(look);
    if (theme == QLatin1String("system"))
        arguments.window.appearance = systemAppearance();
    else if (theme == QLatin1String("dark") || theme == QLatin1String("light"))
        arguments.window.appearance = theme == QLatin1String("dark") ? Appearance::dark : Appearance::light;
    else
        refuse(QStringLiteral("--theme %1: expected light, dark or system").arg(theme));
    const QString backend = parser.value(renderer);
    if (backend == QLatin1String("vulkan"))
        arguments.window.renderer = RendererChoice::vulkan;
    else if (backend == QLatin1String("cpu"))
        arguments.window.renderer = RendererChoice::cpu;
    else if (backend != QLatin1String("auto"))
        refuse(QStringLiteral("--renderer %1: expected cpu, vulkan or auto").arg(backend));
    return arguments;
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("Tessera"));
    QApplication::setOrganizationName(QStringLiteral("Tessera"));
    QApplication::setApplicationVersion(QStringLiteral(TESSERA_VERSION));
    Arguments arguments = parseArguments(application);

    text::FontLibrary fonts;
    if (const auto loaded = text::addBundledFonts(fonts); !loaded)
        refuse(QStringLiteral("no fonts: %1 %2").arg(toQt(loaded.error().where), toQt(loaded.error().detail)));
    SystemRandom random;
    const SystemClock clock;
    applyTheme(application, arguments.window.appearance);
    Services services{random, clock, arguments.name, {}};
    for (const QColor& color : theme().peerColors())
        services.peerColors.push_back(fromQt(color));

    MainWindow window(services, fonts, arguments.window);
    auto opened = !arguments.link.isEmpty()   ? window.joinLink(arguments.link, arguments.file)
                  : !arguments.file.isEmpty() ? window.openFile(arguments.file)
                                              : window.newDocument();
    if (!opened) {
        const QString why = opened.error();
        if (arguments.drive)
            refuse(why);
        // The window opens all the same, on a blank document, and says what went wrong.
        opened = window.newDocument();
        if (!opened)
            refuse(opened.error());
        window.warn(why);
    }
    std::optional<DriveServer> drive;
    if (arguments.drive)
        drive.emplace(window);
    QObject::connect(&window, &MainWindow::firstFrame, &application, [&] {
        if (drive)
            drive->windowIsReady(millisecondsSinceProcessStart());
    }, Qt::SingleShotConnection);
    window.show();
    const int status = QApplication::exec();
    drive.reset();
    return status;
}
