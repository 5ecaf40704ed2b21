// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/coalesced.h"

#include <QTimer>

namespace ui {

std::function<void()> coalesced(QObject *owner, std::function<void()> call)
{
    auto *timer = new QTimer(owner);
    timer->setSingleShot(true);
    QObject::connect(timer, &QTimer::timeout, owner, std::move(call));
    return [timer] {
        if (!timer->isActive())
            timer->start(0);
    };
}

} // namespace ui
