// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/paused_note.h"

#include "ui/text_label.h"
#include "ui/text_link.h"
#include "ui/time_text.h"

#include <QHBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

PausedNote::PausedNote(QWidget *parent)
    : QWidget(parent)
    , m_text(new TextLabel(Type::Body, {}, this))
    , m_resume(new TextLink(Qt::AlignLeading, this))
{
    setObjectName(u"paused"_s);
    m_text->setObjectName(u"pausedText"_s);
    m_resume->setObjectName(u"resumeLink"_s);
    m_resume->setText(tr("Resume"));
    m_resume->setAccessibleName(tr("Resume"));
    m_resume->setAccessibleDescription(tr("Show what the cluster is now"));
    m_resume->setToolTip(tr("Show what the cluster is now (Ctrl+Shift+Space)"));
    m_resume->setFocusPolicy(Qt::StrongFocus);
    m_resume->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, scaled(Measure::Gap), 0);
    row->setSpacing(scaled(Measure::Gap));
    row->addWidget(m_text);
    row->addWidget(m_resume);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    connect(m_resume, &QAbstractButton::clicked, this, &PausedNote::resumePressed);
    hide();
}

void PausedNote::setSince(const QDateTime &since)
{
    setVisible(since.isValid());
    if (!since.isValid())
        return;
    m_text->setText(tr("Paused since %1").arg(since.toLocalTime().toString(u"hh:mm:ss"_s)));
    const QString meaning = tr("The cluster goes on changing, the pages do not.");
    m_text->setToolTip(exactText(since) + u'\n' + meaning);
    setAccessibleName(tr("%1: %2").arg(m_text->text(), meaning));
}

} // namespace ui
