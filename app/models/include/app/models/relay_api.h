#pragma once

#include <functional>

#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QObject>
#include <QString>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// The relay's HTTP interface (docs/wire.md). Every answer comes later, on the GUI thread; the callback is dropped when
/// the api or `context` dies first.
namespace tessera::app {

/// code is that of the problem document ("no-appliance", …), "unreachable" when nobody answered.
struct RelayError {
    int status = 0;
    QString code;
    QString detail;
};

class RelayApi final : public QObject
{
    Q_OBJECT

public:
    using Answer = std::function<void(Result<QJsonObject, RelayError>)>;
    using BytesAnswer = std::function<void(Result<QByteArray, RelayError>)>;

    /// `origin`: http://HOST:PORT. `bearer`: a room token or the admin key; may be empty for an open relay.
    RelayApi(QString origin, QString bearer, QObject* parent = nullptr);

    [[nodiscard]] const QString& origin() const { return m_origin; }

    void get(const QString& path, QObject* context, Answer answer);
    void post(const QString& path, const QJsonObject& body, QObject* context, Answer answer);
    void remove(const QString& path, QObject* context, Answer answer);
    void putBlob(const QString& path, const QByteArray& bytes, const QString& mime, QObject* context, Answer answer);
    void getBytes(const QString& path, QObject* context, BytesAnswer answer);

private:
    [[nodiscard]] QNetworkRequest request(const QString& path) const;
    void deliver(QNetworkReply* reply, QObject* context, Answer answer);
    void deliverBytes(QNetworkReply* reply, QObject* context, BytesAnswer answer);

    QString m_origin;
    QString m_bearer;
    QNetworkAccessManager m_network;
};

} // namespace tessera::app
