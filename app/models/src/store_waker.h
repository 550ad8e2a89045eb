#pragma once

#include <QObject>

#include <core/storage/document_store.h>

namespace tessera::app {

/// Takes the store's progress from its worker thread to the GUI thread. Calls to a dead waker are dropped by Qt.
class StoreWaker final : public QObject
{
public:
    void setStore(storage::DocumentStore* store) { m_store = store; }
    [[nodiscard]] storage::StoreOptions options()
    {
        storage::StoreOptions options;
        options.wake = [this] {
            QMetaObject::invokeMethod(
                this, [this] { m_store->deliver(); }, Qt::QueuedConnection);
        };
        return options;
    }

private:
    storage::DocumentStore* m_store = nullptr;
};

} // namespace tessera::app
