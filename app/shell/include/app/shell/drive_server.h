#pragma once

#include <deque>
#include <functional>
#include <map>

#include <QByteArray>
#include <QElapsedTimer>
#include <QJsonObject>
#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <app/shell/main_window.h>

/// Drive mode (README): requests as lines of JSON on standard input, answers on standard output, one at a time and in
/// order. It uses the models and commands of the window. GUI thread.
namespace tessera::app {

struct DriveError {
    QString code;
    QString detail;
};
using DriveResult = Result<QJsonObject, DriveError>;

/// One request in work; answered once.
struct DriveRequest {
    QJsonObject members;
    crdt::Any raw; ///< the same, for document values
    std::function<void(DriveResult)> answer;

    [[nodiscard]] QString text(const char* key, const QString& other = {}) const;
    [[nodiscard]] double number(const char* key, double other) const;
    [[nodiscard]] NodeId node(const char* key) const { return NodeId(text(key).toStdString()); }
    [[nodiscard]] std::vector<NodeId> nodes(const char* key) const;
    [[nodiscard]] int timeoutMs(int other) const { return static_cast<int>(number("timeoutMs", other)); }
};

class DriveServer final : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<void(const DriveRequest&)>;

    explicit DriveServer(MainWindow& window);

    /// The window was painted for the first time; requests are read from now on.
    void windowIsReady(double firstFrameMs);

    [[nodiscard]] MainWindow& window() { return m_window; }
    [[nodiscard]] Workspace& workspace() { return *m_window.workspace(); }
    [[nodiscard]] EditorSession& session() { return workspace().session(); }
    [[nodiscard]] double firstFrameMs() const { return m_firstFrameMs; }
    void on(const char* op, Handler handler) { m_handlers[QLatin1String(op)] = std::move(handler); }
    /// Answers with `then()` once the condition holds, or with an error when it does not in time.
    void waitUntil(const DriveRequest& request, int timeoutMs, const QString& what, std::function<bool()> condition,
                   std::function<QJsonObject()> then = [] { return QJsonObject(); });

private:
    void readInput();
    void takeNext();
    void write(const QJsonObject& line);
    void checkWait();

    MainWindow& m_window;
    QSocketNotifier m_input;
    QByteArray m_buffer;
    std::deque<QByteArray> m_lines;
    bool m_busy = false;
    bool m_ended = false;
    double m_firstFrameMs = 0;
    std::map<QString, Handler> m_handlers;

    struct Wait {
        std::function<bool()> condition;
        std::function<QJsonObject()> then;
        std::function<void(DriveResult)> answer;
        QString what;
        QElapsedTimer since;
        int timeoutMs = 0;
    };
    std::optional<Wait> m_wait;
    QTimer m_poll;
};

} // namespace tessera::app
