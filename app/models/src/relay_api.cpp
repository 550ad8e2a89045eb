#include <app/models/relay_api.h>

#include <QJsonDocument>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>

namespace tessera::app {
namespace {

constexpr int timeoutMs = 30'000;
constexpr qint64 maxAnswerBytes = 80LL << 20; ///< a blob may have 64 MiB

RelayError errorOf(QNetworkReply& reply, const QByteArray& body)
{
    RelayError error;
    error.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QJsonObject problem = QJsonDocument::fromJson(body).object();
    error.code = problem.value(QLatin1String("code")).toString();
    error.detail = problem.value(QLatin1String("detail")).toString(problem.value(QLatin1String("title")).toString());
    if (error.status == 0)
        error.code = QStringLiteral("unreachable");
    if (error.detail.isEmpty())
        error.detail = reply.errorString();
    return error;
}

} // namespace

RelayApi::RelayApi(QString origin, QString bearer, QObject* parent)
    : QObject(parent), m_origin(std::move(origin)), m_bearer(std::move(bearer))
{
    while (m_origin.endsWith(QLatin1Char('/')))
        m_origin.chop(1);
}

QNetworkRequest RelayApi::request(const QString& path) const
{
    QNetworkRequest request{QUrl(m_origin + path)};
    request.setTransferTimeout(timeoutMs);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    if (!m_bearer.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_bearer.toUtf8());
    return request;
}

void RelayApi::deliverBytes(QNetworkReply* reply, QObject* context, BytesAnswer answer)
{
    connect(reply, &QNetworkReply::finished, this,
            [reply, guard = QPointer<QObject>(context), answer = std::move(answer)] {
                reply->deleteLater();
                if (!guard)
                    return;
                const QByteArray body = reply->read(maxAnswerBytes);
                if (reply->error() != QNetworkReply::NoError)
                    answer(fail(errorOf(*reply, body)));
                else
                    answer(body);
            });
}

void RelayApi::deliver(QNetworkReply* reply, QObject* context, Answer answer)
{
    deliverBytes(reply, context, [answer = std::move(answer)](Result<QByteArray, RelayError> body) {
        if (body)
            answer(QJsonDocument::fromJson(body.value()).object());
        else
            answer(fail(std::move(body).error()));
    });
}

void RelayApi::get(const QString& path, QObject* context, Answer answer)
{
    deliver(m_network.get(request(path)), context, std::move(answer));
}

void RelayApi::post(const QString& path, const QJsonObject& body, QObject* context, Answer answer)
{
    QNetworkRequest posted = request(path);
    posted.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    deliver(m_network.post(posted, QJsonDocument(body).toJson(QJsonDocument::Compact)), context, std::move(answer));
}

void RelayApi::remove(const QString& path, QObject* context, Answer answer)
{
    deliver(m_network.deleteResource(request(path)), context, std::move(answer));
}

void RelayApi::putBlob(const QString& path, const QByteArray& bytes, const QString& mime, QObject* context, Answer answer)
{
    QNetworkRequest put = request(path);
    put.setHeader(QNetworkRequest::ContentTypeHeader, mime);
    deliver(m_network.put(put, bytes), context, std::move(answer));
}

void RelayApi::getBytes(const QString& path, QObject* context, BytesAnswer answer)
{
    deliverBytes(m_network.get(request(path)), context, std::move(answer));
}

} // namespace tessera::app
