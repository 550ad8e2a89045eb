#include <app/shell/drive_server.h>

#include <cstdio>

#include <unistd.h>

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <app/models/qt_convert.h>

#include "drive_ops.h"

namespace tessera::app {
namespace {

constexpr int pollMs = 5;
constexpr qsizetype maxLineBytes = 64LL << 20;

} // namespace

QString DriveRequest::text(const char* key, const QString& other) const
{
    return members.value(QLatin1String(key)).toString(other);
}

double DriveRequest::number(const char* key, double other) const
{
    return members.value(QLatin1String(key)).toDouble(other);
}

std::vector<NodeId> DriveRequest::nodes(const char* key) const
{
    std::vector<NodeId> result;
    for (const QJsonValue& value : members.value(QLatin1String(key)).toArray())
        result.emplace_back(value.toString().toStdString());
    return result;
}

QJsonArray toJson(const std::vector<NodeId>& nodes)
{
    QJsonArray array;
    for (const NodeId& node : nodes)
        array.push_back(toQt(node.text()));
    return array;
}

DriveError badMember(const QString& detail)
{
    return {QStringLiteral("bad-request"), detail};
}

QJsonObject describeFile(DriveServer& server)
{
    return {{QStringLiteral("file"), server.session().filePath()},
            {QStringLiteral("page"), toQt(server.session().selection().page().text())}};
}

DriveServer::DriveServer(MainWindow& window) : m_window(window), m_input(STDIN_FILENO, QSocketNotifier::Read)
{
    m_input.setEnabled(false);
    connect(&m_input, &QSocketNotifier::activated, this, &DriveServer::readInput);
    m_poll.setInterval(pollMs);
    connect(&m_poll, &QTimer::timeout, this, &DriveServer::checkWait);
    addDocumentOps(*this);
    addSessionOps(*this);
    addViewOps(*this);
}

void DriveServer::windowIsReady(double firstFrameMs)
{
    if (m_input.isEnabled())
        return;
    m_firstFrameMs = firstFrameMs;
    QJsonObject ready = describeFile(*this);
    ready.insert(QStringLiteral("event"), QStringLiteral("ready"));
    ready.insert(QStringLiteral("firstFrameMs"), firstFrameMs);
    write(ready);
    m_input.setEnabled(true);
}

void DriveServer::write(const QJsonObject& line)
{
    const QByteArray text = QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stdout);
    std::fflush(stdout);
}

void DriveServer::readInput()
{
    char chunk[65536];
    const ssize_t got = ::read(STDIN_FILENO, chunk, sizeof chunk);
    if (got <= 0 || m_buffer.size() > maxLineBytes) {
        m_input.setEnabled(false);
        m_ended = true;
        takeNext();
        return;
    }
    m_buffer.append(chunk, got);
    for (qsizetype end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n')) {
        if (end > 0)
            m_lines.push_back(m_buffer.left(end));
        m_buffer.remove(0, end + 1);
    }
    takeNext();
}

void DriveServer::takeNext()
{
    if (m_busy)
        return;
    if (m_lines.empty()) {
        if (m_ended)
            QApplication::quit();
        return;
    }
    const QByteArray line = m_lines.front();
    m_lines.pop_front();
    m_busy = true;

    DriveRequest request;
    QJsonParseError parseError{};
    request.members = QJsonDocument::fromJson(line, &parseError).object();
    const QJsonValue id = request.members.value(QLatin1String("id"));
    request.answer = [this, id](const DriveResult& result) {
        QJsonObject answer = result ? result.value() : QJsonObject();
        answer.insert(QStringLiteral("ok"), result.hasValue());
        if (!id.isUndefined())
            answer.insert(QStringLiteral("id"), id);
        if (!result)
            answer.insert(QStringLiteral("error"), QJsonObject{{QStringLiteral("code"), result.error().code},
                                                               {QStringLiteral("detail"), result.error().detail}});
        write(answer);
        m_busy = false;
        // Not from inside the handler: what it set off is delivered first.
        QTimer::singleShot(0, this, &DriveServer::takeNext);
    };
    if (parseError.error != QJsonParseError::NoError) {
        request.answer(fail(badMember(parseError.errorString())));
        return;
    }
    if (auto raw = crdt::parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size()))))
        request.raw = std::move(raw).value();
    const QString op = request.text("op");
    const auto handler = m_handlers.find(op);
    if (handler == m_handlers.end())
        request.answer(fail(DriveError{QStringLiteral("unknown-op"), op}));
    else
        handler->second(request);
}

void DriveServer::waitUntil(const DriveRequest& request, int timeoutMs, const QString& what,
                            std::function<bool()> condition, std::function<QJsonObject()> then)
{
    m_wait = Wait{std::move(condition), std::move(then), request.answer, what, {}, timeoutMs};
    m_wait->since.start();
    m_poll.start();
    checkWait();
}

void DriveServer::checkWait()
{
    if (!m_wait)
        return;
    const bool holds = m_wait->condition();
    if (!holds && m_wait->since.elapsed() < m_wait->timeoutMs)
        return;
    const Wait wait = std::move(*m_wait);
    m_wait.reset();
    m_poll.stop();
    if (holds)
        wait.answer(wait.then());
    else
        wait.answer(fail(DriveError{QStringLiteral("timeout"),
                                    QStringLiteral("%1 within %2 ms; %3").arg(wait.what).arg(wait.timeoutMs).arg(session().saveStatus().text)}));
}

} // namespace tessera::app
