// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Calls take with a future's result on owner's thread, unless owner is gone by then.
// Not QFuture::then(context, …): Qt 6.4 asserts where an answer comes after its context has gone, as it does when the console is left
// while it connects.  A watcher goes with its parent and takes the answer along.
#include <QFutureWatcher>

namespace app {

template<typename T, typename Take>
void whenDone(const QFuture<T> &future, QObject *owner, Take take)
{
    auto *watcher = new QFutureWatcher<T>(owner);
    QObject::connect(watcher, &QFutureWatcherBase::finished, owner, [watcher, take = std::move(take)] {
        watcher->deleteLater();
        if (watcher->future().resultCount() > 0)
            take(watcher->result());
    });
    watcher->setFuture(future);
}

} // namespace app
