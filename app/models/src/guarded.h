#pragma once

#include <utility>

#include <QObject>
#include <QPointer>

namespace tessera::app {

/// `call`, which does nothing once `context` is gone.
template <class Call> [[nodiscard]] auto guarded(QObject* context, Call call)
{
    return [guard = QPointer<QObject>(context), call = std::move(call)](auto&& answer) mutable {
        if (guard)
            call(std::forward<decltype(answer)>(answer));
    };
}

} // namespace tessera::app
