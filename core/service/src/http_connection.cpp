// The heavy translation unit: all of Beast that is instantiated for our stream type, HTTP and WebSocket together.
#include "http_connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "web_socket_connection.cpp"

namespace tessera::service {
namespace http = boost::beast::http;

namespace {

Method methodOf(http::verb verb)
{
    switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::del;
    case http::verb::options: return Method::options;
    default: return Method::other;
    }
}

bool headOf(const BeastRequest& request, const LoopSocket& socket, RequestHead& head)
{
    head.method = methodOf(request.method());
    for (const auto& field : request) {
        std::string name(field.name_string());
        for (char& c : name)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        head.headers.try_emplace(std::move(name), field.value());
    }
    ErrorCode unknown;
    const auto peer = socket.remote_endpoint(unknown);
    if (!unknown)
        head.remoteAddress = peer.address().to_string();
    const auto target = request.target();
    return splitTarget({target.data(), target.size()}, head);
}

} // namespace

/// One request at a time: head, admission, body, answer. Kept alive by its operations and by Responders.
class HttpConnection : public std::enable_shared_from_this<HttpConnection>
{
public:
    HttpConnection(LoopSocket socket, std::shared_ptr<ConnectionContext> context)
        : m_stream(std::move(socket)), m_context(std::move(context))
    {
        ++m_context->connectionCount;
        m_context->speakingHttp.insert(this);
    }
    ~HttpConnection()
    {
        m_context->speakingHttp.erase(this);
        if (!m_upgraded)
            --m_context->connectionCount;
    }

    void readHead()
    {
        if (m_context->stopping)
            return;
        m_parser.emplace();
        m_parser->header_limit(static_cast<std::uint32_t>(m_context->options.maxHeadBytes));
        m_parser->body_limit(boost::none); // admit() decides
        m_stream.expires_after(m_context->options.headTimeout);
        m_idle = true;
        http::async_read_header(m_stream, m_buffer, *m_parser,
                                [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->onHead(error); });
    }

    void closeIfIdle()
    {
        ErrorCode ignored;
        if (m_idle)
            m_stream.socket().close(ignored);
    }

private:
    void onHead(const ErrorCode& error)
    {
        m_idle = false;
        if (error == http::error::header_limit)
            return refuse(Response::problem(431, "head-too-large", "The request head is too large",
                                            "at most " + std::to_string(m_context->options.maxHeadBytes) + " bytes"));
        if (error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message)
            return refuse(Response::problem(400, "bad-request", "This is not HTTP", error.message()));
        if (error)
            return; // gone, or too slow
        RequestHead head;
        if (!headOf(m_parser->get(), m_stream.socket(), head))
            return refuse(Response::problem(400, "bad-target", "The request target cannot be read",
                                            "broken escape, or it does not begin with /"));
        if (websocket::is_upgrade(m_parser->get()))
            return upgrade(head);

        auto admitted = m_context->handler.admit(head);
        if (auto* refusal = std::get_if<Response>(&admitted))
            return refuse(std::move(*refusal));
        const std::size_t limit = std::get<std::size_t>(admitted);
        m_parser->body_limit(limit);
        const auto announced = m_parser->content_length();
        if (announced && *announced > limit)
            return refuseBody(limit);
        m_stream.expires_after(m_context->options.bodyTimeout +
                               std::chrono::seconds{announced.value_or(limit) / (64 * 1024)});
        auto shared = std::make_shared<RequestHead>(std::move(head));
        if (shared->header("expect") == "100-continue")
            return sendContinue(std::move(shared), limit);
        readBody(std::move(shared), limit);
    }

    void sendContinue(std::shared_ptr<RequestHead> head, std::size_t limit)
    {
        static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
        boost::asio::async_write(m_stream, boost::asio::buffer(line.data(), line.size()),
                                 [self = shared_from_this(), head, limit](const ErrorCode& error, std::size_t) {
                                     if (!error)
                                         self->readBody(head, limit);
                                 });
    }

    void readBody(std::shared_ptr<RequestHead> head, std::size_t limit)
    {
        http::async_read(m_stream, m_buffer, *m_parser,
                         [self = shared_from_this(), head, limit](const ErrorCode& error, std::size_t) {
                             if (error == http::error::body_limit)
                                 return self->refuseBody(limit);
                             if (error)
                                 return;
                             self->dispatch(std::move(*head));
                         });
    }

    void dispatch(RequestHead head)
    {
        m_stream.expires_never(); // while the program works
        /// Posts the answer; answers 500 when it dies without one.
        struct Pending {
            std::shared_ptr<HttpConnection> connection;
            std::atomic<bool> answered{false};
            void answer(Response response)
            {
                if (answered.exchange(true))
                    return;
                auto shared = std::make_shared<Response>(std::move(response));
                connection->m_context->loop.post([to = connection, shared] { to->write(std::move(*shared)); });
            }
            ~Pending()
            {
                answer(Response::problem(500, "no-answer", "The server gave no answer", "the request was dropped"));
            }
        };
        auto pending = std::make_shared<Pending>();
        pending->connection = shared_from_this();
        BeastRequest request = m_parser->release();
        m_keepAlive = request.keep_alive();
        m_headOnly = head.method == Method::head;
        m_context->handler.handle({std::move(head), std::move(request.body())},
                                  [pending](Response response) { pending->answer(std::move(response)); });
    }

    void upgrade(const RequestHead& head)
    {
        auto decided = m_context->handler.upgrade(head);
        if (auto* refusal = std::get_if<Response>(&decided))
            return refuse(std::move(*refusal));
        m_upgraded = true;
        m_context->speakingHttp.erase(this);
        auto socket = std::make_shared<WebSocketConnection>(
            std::move(m_stream), m_context, std::move(std::get<std::unique_ptr<WebSocketListener>>(decided)));
        socket->accept(m_parser->release());
    }

    /// Answers without having read the body, so the connection cannot serve another request.
    void refuse(Response response)
    {
        m_keepAlive = false;
        m_headOnly = m_parser->is_header_done() && m_parser->get().method() == http::verb::head;
        write(std::move(response));
    }

    void refuseBody(std::size_t limit)
    {
        refuse(Response::problem(413, "body-too-large", "The body is too large",
                                 "at most " + std::to_string(limit) + " bytes here"));
    }

    void write(Response response)
    {
        auto message = std::make_shared<http::response<http::string_body>>();
        message->version(11);
        message->result(response.status);
        for (const auto& [name, value] : response.headers)
            message->set(name, value);
        message->set("X-Content-Type-Options", "nosniff");
        message->keep_alive(m_keepAlive && !m_context->stopping);
        message->body() = std::move(response.body);
        if (response.status != 204 && response.status != 304)
            message->prepare_payload();
        if (m_headOnly) {
            const auto length = message->body().size();
            message->body().clear();
            message->content_length(length);
        }
        m_stream.expires_after(m_context->options.writeTimeout);
        http::async_write(m_stream, *message, [self = shared_from_this(), message](const ErrorCode& error, std::size_t) {
            if (error)
                return;
            if (message->keep_alive())
                return self->readHead();
            self->linger();
        });
    }

    /// Closing with unread input would reset the connection and take the answer away from the peer: say that no more
    /// comes, then swallow what is under way for a moment.
    void linger()
    {
        ErrorCode ignored;
        m_stream.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
        m_buffer.consume(m_buffer.size());
        m_stream.expires_after(std::chrono::seconds{2});
        swallow();
    }

    void swallow()
    {
        m_stream.async_read_some(m_buffer.prepare(16 * 1024), [self = shared_from_this()](const ErrorCode& error, std::size_t) {
            if (!error)
                self->swallow();
        });
    }

    LoopStream m_stream;
    std::shared_ptr<ConnectionContext> m_context;
    boost::beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::string_body>> m_parser;
    bool m_keepAlive = false;
    bool m_headOnly = false;
    bool m_idle = false;
    bool m_upgraded = false;
};

void serveConnection(LoopSocket socket, const std::shared_ptr<ConnectionContext>& context)
{
    std::make_shared<HttpConnection>(std::move(socket), context)->readHead();
}

void closeIdleConnections(ConnectionContext& context)
{
    const std::vector<HttpConnection*> all(context.speakingHttp.begin(), context.speakingHttp.end());
    for (HttpConnection* connection : all)
        connection->closeIfIdle(); // only cancels its read: the object goes later, in its own callback
}

} // namespace tessera::service
