// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/step_list.h"

#include "ui/chip.h"
#include "ui/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

class StepList::Row : public QWidget
{
public:
    Row(bool wraps, QWidget *parent)
        : QWidget(parent)
        , m_wraps(wraps)
        , m_chip(new Chip(this))
        , m_text(new TextLabel(Type::Body, {}, this))
        , m_side(new TextLabel(Type::Dim, {}, this))
    {
        m_chip->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); // its word is never cut
        m_text->setElided();
        m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_side->setElided();
        m_side->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        auto *line = new QHBoxLayout;
        line->setSpacing(scaled(10));
        line->addWidget(m_chip);
        line->addWidget(m_text, 1);
        line->addWidget(m_side); // as wide as it is, as long as the text has its own width, too
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(scaled(4));
        column->addLayout(line);
        setSizePolicy(QSizePolicy::Preferred, m_wraps ? QSizePolicy::Preferred : QSizePolicy::Fixed);
    }
    void set(const models::PredictionStep &step, const QStringList &more, const QString &place)
    {
        constexpr qsizetype Short =
            48; // characters that have room beside the text at 1,024; else a line of its own
        const bool isShort = step.side.size() <= Short;
        const QStringList notes = isShort ? more : QStringList{step.side} + more;
        m_chip->set(step.title, step.severity);
        m_chip->setMinimumWidth(m_chip->sizeHint().width());
        m_text->setText(step.text);
        m_side->setText(isShort ? step.side : QString());
        m_side->setVisible(isShort && !step.side.isEmpty());
        while (m_notes.size() < notes.size()) {
            auto *note = new TextLabel(Type::Dim, {}, this);
            if (m_wraps) {
                note->setWordWrap(true);
            } else {
                note->setElided();
                note->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
            }
            note->setContentsMargins(scaled(10), 0, 0, 0);
            layout()->addWidget(note);
            m_notes.append(note);
        }
        for (qsizetype i = 0; i < m_notes.size(); ++i) {
            m_notes[i]->setText(notes.value(i));
            m_notes[i]->setVisible(i < notes.size());
        }
        setAccessibleName(QStringList({place, step.title, step.text, step.side, severityName(step.severity)})
                              .join(u", "_s));
    }

private:
    const bool m_wraps;
    Chip *m_chip;
    TextLabel *m_text, *m_side;
    QList<TextLabel *> m_notes;
};

StepList::StepList(bool wraps, QWidget *parent)
    : QWidget(parent)
    , m_wraps(wraps)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(scaled(Measure::Gap));
}

void StepList::setSteps(const QList<models::PredictionStep> &steps, const QList<QStringList> &notes)
{
    while (m_rows.size() < steps.size()) {
        auto *row = new Row(m_wraps, this);
        m_column->addWidget(row);
        m_rows.append(row);
    }
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(i < steps.size());
        if (i < steps.size())
            m_rows[i]->set(steps[i], notes.value(i), tr("Step %1 of %2").arg(i + 1).arg(steps.size()));
    }
}

} // namespace ui
