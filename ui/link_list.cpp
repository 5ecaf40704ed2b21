// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/link_list.h"

#include "ui/text_link.h"
#include "ui/theme.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

class LinkList::Line : public TextLink
{
public:
    explicit Line(LinkList *list)
        : TextLink(Qt::AlignLeading, list)
    {
        setObjectName(u"objectLink"_s);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(this, &QAbstractButton::clicked, list,
                [list, this] { Q_EMIT list->followed(m_link.page, m_link.target); });
    }

    void set(const Link &link)
    {
        m_link = link;
        setText(link.text);
        setToolTip(link.text);
        setEnabled(!link.page.isEmpty());
        setFocusPolicy(link.page.isEmpty() ? Qt::NoFocus : Qt::StrongFocus);
        setCursor(link.page.isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
        update();
    }

    QSize minimumSizeHint() const override { return {scaled(60), sizeHint().height()}; }

private:
    Link m_link;
};

LinkList::LinkList(QWidget *parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(scaled(5));
}

void LinkList::setLinks(const QList<Link> &links)
{
    if (links == m_links)
        return;
    m_links = links;
    while (m_lines.size() < links.size()) {
        m_lines.append(new Line(this));
        m_column->addWidget(m_lines.last());
    }
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        m_lines[i]->setVisible(i < links.size());
        if (i < links.size())
            m_lines[i]->set(links[i]);
    }
}

} // namespace ui
