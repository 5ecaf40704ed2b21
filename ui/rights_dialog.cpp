// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rights_dialog.h"

#include "models/analysis/rights_role.h"
#include "ui/card.h"
#include "ui/text_label.h"
#include "ui/text_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

RightsDialog::RightsDialog(const QStringList &missing, const QString &clusterRole, QWidget *parent)
    : RightsDialog(
        {tr("What this account may not read"),
         tr("What depends on these kinds is “not known” on the pages. Whoever manages the cluster can "
            "give this ClusterRole to the account; nothing is written here."),
         tr("Kinds that are not read, or only in part")},
        missing, clusterRole, parent)
{
}

RightsDialog *RightsDialog::forActions(const QStringList &missing, QWidget *parent)
{
    return new RightsDialog(
        {tr("What this account may not do"),
         tr("Whoever manages the cluster can give this ClusterRole to the account; nothing is "
            "written here. What is possible then is asked for again within a minute."),
         tr("Rights that are missing")},
        missing, models::roleForRights(missing), parent);
}

RightsDialog::RightsDialog(const Words &words, const QStringList &missing, const QString &clusterRole,
                           QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"rightsDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(words.title);
    setAccessibleName(windowTitle());
    auto *note = new TextLabel(Type::Body, words.note, this);
    note->setWordWrap(true);
    auto *kinds = new TextView(words.list, this);
    kinds->setObjectName(u"rightsMissing"_s);
    kinds->setFitsContents(8);
    kinds->setWraps();
    kinds->setPlainText(missing.join(u'\n'));
    auto *role = new TextView(tr("ClusterRole"), this);
    role->setObjectName(u"rightsRole"_s);
    role->setPlainText(clusterRole.trimmed());
    auto *copy = makePrimaryButton(tr("Copy the ClusterRole"), u"rightsCopy"_s, this);
    auto *close = makeButton(tr("Close"), u"rightsClose"_s, this);
    connect(copy, &QPushButton::clicked, this,
            [clusterRole] { QGuiApplication::clipboard()->setText(clusterRole); });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(copy);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(Measure::WideGap));
    column->addWidget(new TextLabel(Type::Section, windowTitle(), this));
    column->addWidget(note);
    column->addWidget(kinds);
    column->addWidget(role, 1);
    column->addLayout(buttons);
    resize(scaled(620), scaled(480));
    copy->setFocus();
}

} // namespace ui
