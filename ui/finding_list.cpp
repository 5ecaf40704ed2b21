// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/finding_list.h"

#include "ui/card.h"
#include "ui/text_label.h"

#include <QGridLayout>
#include <QPainter>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

class FindingList::Row : public QWidget
{
public:
    explicit Row(FindingList *list)
        : QWidget(list)
        , m_message(new TextLabel(Type::Body, {}, this))
        , m_remedy(new TextLabel(Type::Dim, {}, this))
        , m_fix(makeButton(FindingList::tr("Fix…"), u"findingFix"_s, this))
    {
        for (TextLabel *label : {m_message, m_remedy}) {
            label->setWordWrap(true);
            label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        }
        auto *grid = new QGridLayout(this);
        grid->setContentsMargins(scaled(18), 0, 0, 0); // the shape's place
        grid->setVerticalSpacing(scaled(3));
        grid->setColumnStretch(0, 1);
        grid->addWidget(m_message, 0, 0);
        grid->addWidget(m_remedy, 1, 0);
        grid->addWidget(m_fix, 0, 1, 2, 1, Qt::AlignTop);
        connect(m_fix, &QPushButton::clicked, list, [list, this] { Q_EMIT list->fixRequested(m_key); });
    }

    void set(const Entry &entry)
    {
        m_severity = entry.finding.severity;
        m_key = entry.fixKey;
        m_message->setText(FindingList::tr("%1: %2").arg(entry.finding.code, entry.finding.message));
        m_message->setAccessibleName(severityName(m_severity) + u", "_s + m_message->text());
        m_message->setToolTip(entry.finding.evidence.join(u'\n'));
        m_remedy->setText(entry.finding.remedy);
        m_remedy->setVisible(!entry.finding.remedy.isEmpty());
        m_fix->setVisible(!m_key.isEmpty());
        m_fix->setEnabled(entry.whyNot.isEmpty());
        m_fix->setToolTip(entry.whyNot.isEmpty() ? FindingList::tr("Shows the change and asks first.")
                                                 : entry.whyNot);
        m_fix->setAccessibleName(FindingList::tr("Fix %1").arg(entry.finding.code));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const int side = scaled(11);
        const int line = m_message->fontMetrics().height();
        const QRect box(isRightToLeft() ? width() - side : 0, m_message->y() + (line - side) / 2, side, side);
        drawSeverity(painter, box, m_severity, QColor::fromRgb(toneOf(palette(), m_severity).ink));
    }

private:
    models::Severity m_severity = models::Severity::Info;
    QString m_key;
    TextLabel *m_message, *m_remedy;
    QPushButton *m_fix;
};

FindingList::FindingList(QWidget *parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    setObjectName(u"findingList"_s);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(scaled(Measure::Gap));
}

void FindingList::setEntries(const QList<Entry> &entries)
{
    if (entries == m_entries)
        return;
    m_entries = entries;
    while (m_rows.size() < entries.size()) {
        m_rows.append(new Row(this));
        m_column->addWidget(m_rows.last());
    }
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(i < entries.size());
        if (i < entries.size())
            m_rows[i]->set(entries[i]);
    }
}

} // namespace ui
