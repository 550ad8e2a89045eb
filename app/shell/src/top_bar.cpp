#include <app/shell/top_bar.h>

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/theme/icons.h>

namespace tessera::app {
namespace {

constexpr int mostAvatars = 4;

/// A peer's initials on their colour.
class Avatar final : public QWidget
{
public:
    Avatar(const QString& text, const QString& name, const QColor& color, QWidget* parent)
        : QWidget(parent), m_text(text), m_color(color)
    {
        setFixedSize(theme().metric(Metric::avatar), theme().metric(Metric::avatar));
        setToolTip(name);
        setAccessibleName(name);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_color);
        painter.drawEllipse(rect());
        painter.setPen(theme().color(ColorRole::onPeer));
        painter.setFont(theme().font(Metric::textHint, QFont::DemiBold));
        painter.drawText(rect(), Qt::AlignCenter, m_text);
    }

private:
    QString m_text;
    QColor m_color;
};

QString initials(const QString& name)
{
    QString text;
    for (const QString& part : name.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (text.size() < 2)
            text += part.front().toUpper();
    }
    return text.isEmpty() ? QStringLiteral("?") : text;
}

} // namespace

TopBar::TopBar(EditorActions& actions, QWidget* parent)
    : QWidget(parent), m_actions(actions), m_title(new QLineEdit(this)), m_avatars(new QWidget(this)),
      m_share(new QPushButton(tr("Share"), this))
{
    setObjectName(QStringLiteral("topBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(theme().metric(Metric::topBar));
    auto* row = new QHBoxLayout(this);
    const int gap = theme().metric(Metric::spaceField);
    row->setContentsMargins(gap, 0, theme().metric(Metric::spacePanel), 0);
    row->setSpacing(theme().metric(Metric::spaceXs));

    m_title->setProperty("plain", true);
    m_title->setAccessibleName(tr("Document name"));
    m_title->setFixedWidth(theme().metric(Metric::leftPanel) - gap);
    m_title->setMaxLength(120);
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        const QString name = m_title->text().simplified();
        if (m_session && !name.isEmpty() && name != m_session->title())
            m_session->apply({document::SetMeta{"name", name.toStdString()}});
        refreshTitle();
    });
    row->addWidget(m_title);
    row->addStretch(1);

    const int side = theme().metric(Metric::toolButton);
    const auto addButton = [&](const char* id) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(actions.action(QLatin1String(id)));
        button->setIconSize({theme().metric(Metric::icon), theme().metric(Metric::icon)});
        button->setFixedSize(side, side);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setAccessibleName(actions.action(QLatin1String(id))->text().remove(QLatin1Char('&')));
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        row->addWidget(button);
    };
    for (const char* id : {"tool.select", "tool.hand", "tool.frame", "tool.rectangle", "tool.ellipse", "tool.line",
                           "tool.pen", "tool.text", "file.placeImage", "tool.generate"})
        addButton(id);
    row->addSpacing(theme().metric(Metric::spaceGroup));
    for (const char* id : {"edit.undo", "edit.redo"})
        addButton(id);
    row->addStretch(1);

    auto* avatars = new QHBoxLayout(m_avatars);
    avatars->setContentsMargins(0, 0, gap, 0);
    avatars->setSpacing(theme().metric(Metric::spaceXs));
    m_avatars->setAccessibleName(tr("People here"));
    row->addWidget(m_avatars);
    m_share->setProperty("primary", true);
    m_share->setAccessibleName(tr("Share"));
    m_share->setToolTip(tr("Share this document"));
    connect(m_share, &QPushButton::clicked, actions.action(QStringLiteral("share.share")), &QAction::trigger);
    row->addWidget(m_share);
}

void TopBar::setSession(EditorSession* session)
{
    m_session = session;
    if (session) {
        connect(session, &EditorSession::documentChanged, this, [this](const document::ChangeSet& changes) {
            if (changes.metaChanged)
                refreshTitle();
        });
        connect(session, &EditorSession::fileChanged, this, &TopBar::refreshTitle);
        connect(&session->connection(), &Connection::peersChanged, this, &TopBar::refreshPeers);
    }
    refreshTitle();
    refreshPeers();
}

void TopBar::refreshTitle()
{
    m_title->setText(m_session ? m_session->title() : QString());
    m_title->setCursorPosition(0);
}

void TopBar::refreshPeers()
{
    auto* row = m_avatars->layout();
    while (QLayoutItem* item = row->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (!m_session)
        return;
    const auto& peers = m_session->connection().peers();
    int shown = 0;
    for (const collab::Peer& peer : peers) {
        if (shown == mostAvatars)
            break;
        const QString name = peer.presence.name.empty() ? tr("Someone") : toQt(peer.presence.name);
        row->addWidget(new Avatar(initials(name), name, toQt(peer.presence.color), m_avatars));
        ++shown;
    }
    const int more = static_cast<int>(peers.size()) - shown;
    if (more > 0)
        row->addWidget(new Avatar(QStringLiteral("+%1").arg(more), tr("%1 more").arg(more),
                                  theme().color(ColorRole::text2), m_avatars));
}

} // namespace tessera::app
