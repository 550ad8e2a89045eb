#include <app/panels/share_dialog.h>

#include <QClipboard>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>

#include <app/models/qt_convert.h>
#include <app/theme/icons.h>

#include "combo_box.h"
#include "section.h"

namespace tessera::app {
namespace {

void clearLayout(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
}

QLabel* label(const QString& text, const char* role, QWidget* parent)
{
    auto* made = new QLabel(text, parent);
    made->setProperty("role", QLatin1String(role));
    made->setWordWrap(true);
    return made;
}

} // namespace

QString roleText(const QString& role)
{
    if (role == QLatin1String("owner"))
        return QObject::tr("Owner");
    if (role == QLatin1String("editor"))
        return QObject::tr("Can edit");
    if (role == QLatin1String("commenter"))
        return QObject::tr("Can comment");
    return QObject::tr("Can view");
}

ShareDialog::ShareDialog(EditorSession& session, RelaySetup setup, QWidget* parent)
    : QDialog(parent), m_session(session), m_setup(std::move(setup)), m_pages(new QStackedWidget(this))
{
    setWindowTitle(tr("Share"));
    setAccessibleName(tr("Share"));
    setFixedWidth(theme().metric(Metric::dialog));
    const int page = theme().metric(Metric::spacePage), gap = theme().metric(Metric::spacePanel);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(page, page, page, page);
    column->setSpacing(gap);
    auto* title = new QLabel(tr("Share “%1”").arg(session.title()), this);
    title->setProperty("role", "dialogTitle");
    column->addWidget(title);
    m_pages->addWidget(buildStart());
    m_pages->addWidget(buildShared());
    column->addWidget(m_pages);
    m_problem = label({}, "danger", this);
    m_problem->hide();
    column->addWidget(m_problem);
    auto* close = new QPushButton(tr("Close"), this);
    close->setAccessibleName(tr("Close"));
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    column->addWidget(close, 0, Qt::AlignRight);
    connect(&session.connection(), &Connection::changed, this, &ShareDialog::refresh);
    refresh();
    loadShares();
}

QWidget* ShareDialog::buildStart()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metric(Metric::spacePanel));
    column->addWidget(label(tr("Sharing puts this document into a room on your relay. Everyone with a link works on it at "
                               "the same time; your copy stays on this computer."),
                            "label", page));
    auto* form = new QFormLayout;
    form->setSpacing(theme().metric(Metric::spaceField));
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_origin = new QLineEdit(m_setup.origin, page);
    m_origin->setAccessibleName(tr("Relay address"));
    m_origin->setPlaceholderText(QStringLiteral("http://relay.example:8080"));
    m_key = new QLineEdit(m_setup.adminKey, page);
    m_key->setAccessibleName(tr("Relay key"));
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(tr("Not needed for an open relay"));
    form->addRow(tr("Relay"), m_origin);
    form->addRow(tr("Key"), m_key);
    column->addLayout(form);
    m_create = new QPushButton(tr("Create a room"), page);
    m_create->setProperty("primary", true);
    m_create->setAccessibleName(tr("Create a room"));
    m_create->setDefault(true);
    connect(m_create, &QPushButton::clicked, this, &ShareDialog::createRoom);
    column->addWidget(m_create, 0, Qt::AlignLeft);
    column->addStretch(1);
    return page;
}

QWidget* ShareDialog::buildShared()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    const int gap = theme().metric(Metric::spaceField);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metric(Metric::spacePanel));
    m_state = label({}, "label", page);
    column->addWidget(m_state);

    auto* row = new QHBoxLayout;
    row->setSpacing(gap);
    m_role = new ComboBox(page);
    m_role->setAccessibleName(tr("What people with the new link may do"));
    for (const char* role : {"editor", "commenter", "viewer"})
        m_role->addItem(roleText(QLatin1String(role)), QLatin1String(role));
    m_copy = new QPushButton(tr("Create link and copy"), page);
    m_copy->setIcon(themeIcon(QStringLiteral("link"), ColorRole::onAccent));
    m_copy->setProperty("primary", true);
    m_copy->setAccessibleName(tr("Create link and copy"));
    connect(m_copy, &QPushButton::clicked, this, &ShareDialog::createLink);
    row->addWidget(m_role, 1);
    row->addWidget(m_copy);
    column->addLayout(row);
    m_link = new QLineEdit(page);
    m_link->setReadOnly(true);
    m_link->setAccessibleName(tr("Link"));
    m_link->hide();
    column->addWidget(m_link);

    auto* title = new QLabel(tr("Links"), page);
    title->setProperty("role", "title");
    column->addWidget(title);
    auto* list = new QWidget(page);
    m_shares = new QVBoxLayout(list);
    m_shares->setContentsMargins(0, 0, 0, 0);
    m_shares->setSpacing(theme().metric(Metric::spaceXs));
    column->addWidget(list);
    auto* leave = new QPushButton(tr("Stop sharing from this computer"), page);
    leave->setProperty("quiet", true);
    leave->setProperty("danger", true);
    leave->setAccessibleName(leave->text());
    connect(leave, &QPushButton::clicked, this, [this] { m_session.connection().leave(); });
    column->addWidget(leave, 0, Qt::AlignLeft);
    column->addStretch(1);
    return page;
}

void ShareDialog::refresh()
{
    Connection& connection = m_session.connection();
    m_pages->setCurrentIndex(connection.isShared() ? 1 : 0);
    if (!connection.isShared())
        return;
    const auto status = connection.shareStatus();
    const QString host = toQt(collab::authority(*connection.link()));
    const bool live = status && status->connection == collab::ConnectionState::live;
    QString text = live ? tr("Shared on %1. ").arg(host) : m_session.saveStatus().text + QStringLiteral(". ");
    const std::size_t others = connection.peers().size();
    if (live)
        text += others == 0 ? tr("Nobody else is here at the moment.") : (others == 1 ? tr("1 other is here now.") : tr("%1 others are here now.").arg(others));
    m_state->setText(text);
    const bool owner = connection.mayShare();
    m_role->setEnabled(owner);
    m_copy->setEnabled(owner && live);
    m_copy->setToolTip(owner ? QString() : tr("Only the owner of the room can make links."));
}

void ShareDialog::showProblem(const RelayError& error)
{
    QString text;
    if (error.code == QLatin1String("unreachable"))
        text = tr("Could not reach the relay. Your work is saved on this computer. Check the address and try again.");
    else if (error.status == 401 || error.status == 403)
        text = tr("The relay did not accept the key. Check it, or ask whoever runs the relay.");
    else
        text = tr("The relay answered: %1").arg(error.detail.isEmpty() ? error.code : error.detail);
    m_problem->setText(text);
    m_problem->show();
    adjustSize();
}

void ShareDialog::createRoom()
{
    m_problem->hide();
    QString origin = m_origin->text().trimmed();
    if (!origin.contains(QLatin1String("://")))
        origin.prepend(QLatin1String("http://"));
    m_create->setEnabled(false);
    m_session.connection().createRoom(origin, m_key->text().trimmed(), [this](const Result<QString, RelayError>& answer) {
        m_create->setEnabled(true);
        if (!answer)
            showProblem(answer.error());
        else
            loadShares();
    });
}

void ShareDialog::createLink()
{
    m_problem->hide();
    m_session.connection().createShare(m_role->currentData().toString(), [this](const Result<QString, RelayError>& answer) {
        if (!answer) {
            showProblem(answer.error());
            return;
        }
        QGuiApplication::clipboard()->setText(answer.value());
        m_link->setText(answer.value());
        m_link->setCursorPosition(0);
        m_link->show();
        m_copy->setText(tr("Copied"));
        loadShares();
    });
}

void ShareDialog::loadShares()
{
    if (!m_session.connection().isShared())
        return;
    m_session.connection().listShares([this](const Result<std::vector<ShareEntry>, RelayError>& answer) {
        clearLayout(m_shares);
        if (!answer) {
            m_shares->addWidget(label(tr("Only the owner sees the list of links."), "hint", this));
            return;
        }
        for (const ShareEntry& entry : answer.value()) {
            if (entry.revoked)
                continue;
            auto* row = new QWidget(this);
            auto* layout = new QHBoxLayout(row);
            layout->setContentsMargins(0, 0, 0, 0);
            layout->addWidget(new QLabel(roleText(entry.role), row));
            layout->addWidget(label(entry.id.left(8), "hint", row));
            layout->addStretch(1);
            auto* revoke = new QPushButton(tr("Revoke"), row);
            revoke->setProperty("quiet", true);
            revoke->setProperty("danger", true);
            revoke->setAccessibleName(tr("Revoke link %1 (%2)").arg(entry.id.left(8), roleText(entry.role)));
            revoke->setVisible(entry.role != QLatin1String("owner"));
            connect(revoke, &QPushButton::clicked, this, [this, id = entry.id] {
                m_session.connection().revokeShare(id, [this](const Result<QString, RelayError>& revoked) {
                    if (!revoked)
                        showProblem(revoked.error());
                    loadShares();
                });
            });
            layout->addWidget(revoke);
            m_shares->addWidget(row);
        }
        if (m_shares->count() == 0)
            m_shares->addWidget(label(tr("No links yet. Create one and send it to your team."), "hint", this));
        adjustSize();
    });
}

} // namespace tessera::app
