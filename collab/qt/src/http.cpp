#include <collab/qt/http.h>

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QUrl>

#include <collab/protocol/share_link.h>

namespace tessera::collab {

namespace {

ShareLink relayOf(const HttpRequest& request) { return {request.host, request.port, request.secure, {}, {}}; }

Result<HttpResponse, HttpError> resultOf(QNetworkReply& reply, const std::string& where, std::size_t maxResponseBytes)
{
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (reply.property("tooLarge").toBool())
        return fail(HttpError{HttpErrc::responseTooLarge, where, "over " + std::to_string(maxResponseBytes) + " bytes"});
    if (status == 0) {
        const std::string detail = reply.errorString().toStdString();
        switch (reply.error()) {
        case QNetworkReply::OperationCanceledError: // also what a transfer timeout is called
        case QNetworkReply::TimeoutError:
            return fail(HttpError{HttpErrc::timedOut, where, detail});
        case QNetworkReply::ProtocolUnknownError:
            return fail(HttpError{HttpErrc::unsupported, where, detail});
        case QNetworkReply::ProtocolFailure:
        case QNetworkReply::NoError:
            return fail(HttpError{HttpErrc::badResponse, where, detail});
        default:
            return fail(HttpError{HttpErrc::unreachable, where, detail});
        }
    }
    const QNetworkReply::NetworkError error = reply.error();
    if (error == QNetworkReply::RemoteHostClosedError || error == QNetworkReply::OperationCanceledError)
        return fail(HttpError{HttpErrc::unreachable, where, reply.errorString().toStdString()});
    const QByteArray body = reply.readAll();
    return HttpResponse{status, reply.header(QNetworkRequest::ContentTypeHeader).toString().toStdString(),
                        Bytes(body.begin(), body.end())};
}

} // namespace

QtHttp::QtHttp(QObject* parent) : QObject(parent), m_manager(new QNetworkAccessManager(this))
{
    m_manager->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

void QtHttp::send(HttpRequest request, Done done)
{
    const std::string where = authority(relayOf(request));
    QNetworkRequest asked(QUrl(QString::fromStdString(httpOrigin(relayOf(request)) + request.target), QUrl::StrictMode));
    for (const auto& [name, value] : request.headers)
        asked.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    asked.setTransferTimeout(static_cast<int>(request.timeout.count()));
    const QByteArray body(reinterpret_cast<const char*>(request.body.data()), static_cast<qsizetype>(request.body.size()));
    QNetworkReply* const reply = request.method == "HEAD"
                                     ? m_manager->head(asked)
                                     : m_manager->sendCustomRequest(asked, QByteArray::fromStdString(request.method), body);
    const auto limit = static_cast<qint64>(request.maxResponseBytes);
    connect(reply, &QNetworkReply::downloadProgress, this, [reply, limit](qint64 received, qint64) {
        if (received > limit && !reply->property("tooLarge").toBool()) {
            reply->setProperty("tooLarge", true);
            reply->abort();
        }
    });
    connect(
        reply, &QNetworkReply::finished, this,
        [reply, where, limit, done = std::move(done)] {
            reply->deleteLater();
            done(resultOf(*reply, where, static_cast<std::size_t>(limit)));
        },
        Qt::QueuedConnection);
}

} // namespace tessera::collab
