#include <QtTest>

#include <core/storage/tessera_file.h>

#include "power_loss_vfs.h"
#include "scratch.h"

using namespace tessera;
using namespace tessera::storage;

namespace {

/// A real update, so that compaction can read it: sets key `number` of a map. Every third is longer than a page.
class Editor
{
public:
    Bytes edit(std::uint64_t number)
    {
        m_update.clear();
        const std::string value = std::to_string(number) + std::string(number % 3 == 0 ? 9'000 : 20, 'v');
        m_doc.transact("test", [&](crdt::Transaction& transaction) {
            m_doc.map("nodes").set(transaction, std::to_string(number), crdt::Any(value));
        });
        return m_update;
    }

private:
    Bytes m_update;
    crdt::Doc m_doc{{crdt::ClientId{5}, true}};
    crdt::Doc::Subscription m_subscription = m_doc.onUpdate(
        [this](ByteView update, const crdt::Origin&, bool) { m_update.assign(update.begin(), update.end()); });
};

/// Hundreds of images are opened: in memory where that is possible.
QString memoryFolder()
{
    const QString memory = QStringLiteral("/dev/shm");
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + QStringLiteral("/tessera-XXXXXX");
}

struct Moment {
    power_loss::Image image;
    std::uint64_t acknowledged{}; ///< edits whose append had returned
};

/// Writes, compacts and closes a file, and keeps what the disk might hold at some moments on the way.
std::vector<Moment> momentsOfAHistory(const std::string& path, std::uint64_t seed)
{
    SeededRandom random(seed);
    std::vector<Moment> moments;
    std::uint64_t acknowledged = 0;
    const power_loss::Vfs* disk = nullptr;
    (void)TesseraFile::create(path).value();
    power_loss::Vfs vfs([&] {
        if (disk != nullptr && random.below(12) == 0)
            moments.push_back({disk->imageAfterLoss(random), acknowledged});
    });
    auto file = TesseraFile::open(path).value();
    disk = &vfs;
    Editor editor;
    for (int step = 0; step < 60; ++step) {
        if (random.below(15) == 0 && !file->compact())
            qFatal("does not compact");
        if (random.below(15) == 0) {
            file.reset(); // moves the log into the file
            file = TesseraFile::open(path).value();
        }
        if (!file->appendUpdate(editor.edit(acknowledged + 1), {}, 0, 0))
            qFatal("does not append");
        ++acknowledged;
    }
    file.reset();
    disk = nullptr;
    return moments;
}

} // namespace

class PowerLossTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingAcknowledgedIsLostWhenThePowerGoes_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 6; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void nothingAcknowledgedIsLostWhenThePowerGoes()
    {
        QFETCH(quint64, seed);
        const QTemporaryDir folder;
        const std::vector<Moment> moments = momentsOfAHistory(scratch::pathIn(folder, "poster.tessera"), seed);
        QVERIFY2(moments.size() > 20, qPrintable(QString::number(moments.size())));
        for (const Moment& moment : moments) {
            const QTemporaryDir after(memoryFolder());
            for (const auto& [name, bytes] : moment.image) {
                scratch::write(scratch::pathIn(after, name.c_str()),
                               QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())));
            }
            auto file = TesseraFile::open(scratch::pathIn(after, "poster.tessera")).value();
            QVERIFY2(!file->recovery(), "a power loss does not damage the file");
            crdt::Doc doc;
            QCOMPARE(file->loadInto(doc).value(), std::vector<std::string>{});
            for (std::uint64_t number = 1; number <= moment.acknowledged; ++number) {
                const crdt::Any value = doc.map("nodes").getAny(std::to_string(number));
                QVERIFY2(value.string() != nullptr,
                         qPrintable(QString("edit %1 of %2 acknowledged is lost").arg(number).arg(moment.acknowledged)));
            }
        }
    }
};

QTEST_APPLESS_MAIN(PowerLossTest)
#include "power_loss_test.moc"
