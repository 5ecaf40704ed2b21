// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/secret_dialog.h"

#include "ui/card.h"
#include "ui/text_label.h"
#include "ui/text_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

SecretDialog::SecretDialog(const models::ObjectRef &secret, const QString &dataKey, const QByteArray &value,
                           QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"secretDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("%1 of %2").arg(dataKey, secret.text()));
    setAccessibleName(windowTitle());
    const bool isText = QString::fromUtf8(value).toUtf8() == value && !value.contains('\0');
    auto *text = new TextView(windowTitle(), this);
    text->setObjectName(u"secretValue"_s);
    text->setPlainText(isText ? QString::fromUtf8(value) : QString::fromLatin1(value.toBase64()));
    auto *note = new TextLabel(
        Type::Dim,
        isText ? tr("%1 bytes. This window closes by itself after a minute.").arg(value.size())
               : tr("%1 bytes that are no text, as Base64. This window closes by itself after a minute.")
                     .arg(value.size()),
        this);
    note->setWordWrap(true);
    auto *copy = makeButton(tr("Copy"), u"secretCopy"_s, this);
    auto *close = makePrimaryButton(tr("Close"), u"secretClose"_s, this);
    connect(copy, &QPushButton::clicked, this,
            [text] { QGuiApplication::clipboard()->setText(text->toPlainText()); });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->addWidget(new TextLabel(Type::Section, windowTitle(), this));
    column->addWidget(note);
    column->addWidget(text, 1);
    column->addLayout(buttons);
    resize(scaled(620), scaled(420));
    close->setFocus();
    QTimer::singleShot(ShownForMs, this, &QDialog::reject);
}

} // namespace ui
