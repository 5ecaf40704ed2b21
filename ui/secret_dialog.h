// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One value of one Secret, while it is looked at: closes by itself after a minute, and nothing keeps it.
#include "models/resources/finding.h"

#include <QDialog>

namespace ui {

class SecretDialog : public QDialog
{
    Q_OBJECT
public:
    SecretDialog(const models::ObjectRef &secret, const QString &dataKey, const QByteArray &value,
                 QWidget *parent);
    static constexpr int ShownForMs = 60'000;
};

} // namespace ui
