#pragma once

#include <QObject>

#include <collab/session/http.h>

class QNetworkAccessManager;

namespace tessera::collab {

/// HttpPort over QNetworkAccessManager, in the GUI thread. Speaks https as well where Qt has TLS. Redirects are not
/// followed: the relay sends none.
class QtHttp final : public QObject, public HttpPort
{
    Q_OBJECT
public:
    explicit QtHttp(QObject* parent = nullptr);

    void send(HttpRequest request, Done done) override;

private:
    QNetworkAccessManager* m_manager; ///< child
};

} // namespace tessera::collab
