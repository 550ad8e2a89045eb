// Private to the heavy translation unit link_server.cpp, which includes this file.
#include "link_session.h"

namespace tessera::relay {

namespace {

constexpr std::size_t maxQueuedMessages = 10'000;

} // namespace

/// What gRPC calls. Keeps its session alive until OnDone.
class LinkSession::Stream final : public LinkSession::Reactor
{
public:
    explicit Stream(std::shared_ptr<LinkSession> session) : m_session(std::move(session)) {}
    void OnReadDone(bool ok) override { m_session->onRead(ok); }
    void OnWriteDone(bool ok) override { m_session->onWritten(ok); }
    void OnCancel() override { m_session->finish(grpc::Status::CANCELLED); }
    void OnDone() override
    {
        m_session->onDone();
        delete this; // gRPC's rule: the reactor ends itself here
    }

private:
    std::shared_ptr<LinkSession> m_session;
};

LinkSession::LinkSession(service::EventLoop& loop, OnMessage onMessage, OnGone onGone)
    : m_loop(loop), m_onMessage(std::move(onMessage)), m_onGone(std::move(onGone))
{
}

LinkSession::Reactor* LinkSession::open()
{
    m_reactor = new Stream(shared_from_this()); // owned by gRPC until OnDone
    m_reactor->StartRead(&m_incoming);
    return m_reactor;
}

void LinkSession::finish(const grpc::Status& status)
{
    const std::lock_guard lock(m_mutex);
    if (m_finished || m_reactor == nullptr)
        return;
    m_finished = true;
    m_reactor->Finish(status);
}

void LinkSession::write(wire::RelayMessage message)
{
    wroteAt = std::chrono::steady_clock::now();
    bool isOverfull = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_finished || m_reactor == nullptr)
            return;
        m_queue.push_back(std::move(message));
        isOverfull = m_queue.size() > maxQueuedMessages;
        if (!m_writing) {
            m_writing = true;
            m_reactor->StartWrite(&m_queue.front());
        }
    }
    if (isOverfull)
        finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "the appliance takes no messages"});
}

void LinkSession::onWritten(bool ok)
{
    const std::lock_guard lock(m_mutex);
    m_queue.pop_front();
    m_writing = ok && !m_finished && !m_queue.empty();
    if (m_writing)
        m_reactor->StartWrite(&m_queue.front());
}

void LinkSession::readNext()
{
    const std::lock_guard lock(m_mutex);
    if (!m_finished && m_reactor != nullptr)
        m_reactor->StartRead(&m_incoming);
}

void LinkSession::onRead(bool ok)
{
    if (!ok)
        return finish(grpc::Status::OK); // the appliance closed its side, or the connection broke
    m_loop.post([self = shared_from_this()] {
        self->heardAt = std::chrono::steady_clock::now();
        self->m_onMessage(self, self->m_incoming);
        self->readNext();
    });
}

void LinkSession::onDone()
{
    {
        const std::lock_guard lock(m_mutex);
        m_reactor = nullptr;
        m_finished = true;
    }
    m_loop.post([self = shared_from_this()] { self->m_onGone(self); });
}

void LinkSession::submit(const JobRequest& request)
{
    wire::RelayMessage message;
    auto& out = *message.mutable_submit()->mutable_request();
    out.set_job_id(request.id.text());
    out.set_model(request.model);
    out.set_prompt(request.prompt);
    for (const std::string& color : request.colors)
        out.add_colors(color);
    out.set_width(request.widthPx);
    out.set_height(request.heightPx);
    out.set_seed(request.seed);
    out.set_steps(request.steps);
    out.set_room(request.room.text());
    out.set_author(request.author);
    write(std::move(message));
}

void LinkSession::cancel(const JobId& job)
{
    wire::RelayMessage message;
    message.mutable_cancel()->set_job_id(job.text());
    write(std::move(message));
}

void LinkSession::settle(const JobId& job)
{
    wire::RelayMessage message;
    message.mutable_settle()->set_job_id(job.text());
    write(std::move(message));
}

void LinkSession::acknowledgeBlob(const std::string& hash, std::uint64_t received, const std::string& errorCode,
                                  const std::string& detail)
{
    wire::RelayMessage message;
    auto& out = *message.mutable_blob_ack();
    out.set_hash(hash);
    out.set_received(received);
    if (!errorCode.empty()) {
        out.mutable_error()->set_code(errorCode);
        out.mutable_error()->set_detail(detail);
    }
    write(std::move(message));
}

} // namespace tessera::relay
