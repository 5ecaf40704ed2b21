// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail_pane.h"

#include "ui/card.h"
#include "ui/chip.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr std::pair<const char *, Qt::Orientation> SplitWays[]{{"beside", Qt::Horizontal},
                                                               {"below", Qt::Vertical}};

QList<TablePane *> panesOf(QWidget &main)
{
    if (auto *pane = qobject_cast<TablePane *>(&main))
        return {pane};
    return main.findChildren<TablePane *>();
}

} // namespace

class DetailPane::Body : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter(this).fillRect(rect(), palette().color(QPalette::Base));
    }
};

// Above what is scrolled, at the edges of what is seen of it.
class DetailPane::Ring : public QWidget
{
public:
    explicit Ring(QWidget *parent)
        : QWidget(parent)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setPen(QPen(QColor::fromRgb(tokensOf(palette()).accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
};

DetailPane::DetailPane(const QString &accessibleName, QWidget *parent)
    : QScrollArea(parent)
    , m_nothing(new TextLabel(Type::Dim))
    , m_content(new QWidget)
    , m_column(new QVBoxLayout(m_content))
    , m_title(new TextLabel(Type::Section))
    , m_line(new TextLabel(Type::Dim))
    , m_chip(new Chip)
    , m_ring(new Ring(this))
{
    setAccessibleName(accessibleName);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    auto *body = new Body;
    m_outer = new QVBoxLayout(body);
    m_nothing->setWordWrap(true);
    m_outer->addWidget(m_nothing);
    m_outer->addWidget(m_content);
    m_outer->addStretch();
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(scaled(Measure::WideGap));
    m_chip->setObjectName(QStringLiteral("detailChip"));
    m_heading = new QHBoxLayout;
    m_heading->setSpacing(scaled(Measure::WideGap));
    m_title->setElided();
    m_title->setObjectName(QStringLiteral("detailTitle"));
    m_heading->addWidget(m_title, 1);
    m_heading->addWidget(m_chip);
    m_line->setElided();
    m_line->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_column->addLayout(m_heading);
    m_content->hide();
    setWidget(body);
    arrangeHead();
}

void DetailPane::addParts(QWidget *tabs)
{
    m_parts = tabs;
    m_head = new Body(this);
    m_head->installEventFilter(this);
    m_headColumn = new QVBoxLayout(m_head);
    m_column->removeItem(m_heading);
    m_column->removeWidget(m_line);
    m_heading->setParent(nullptr);
    m_headColumn->addLayout(m_heading);
    m_headColumn->addWidget(m_line);
    m_head->hide();
    m_isWide.reset();
    arrangeHead();
}

// Beside the scroll bar, above what is scrolled.
void DetailPane::fitHead()
{
    if (!m_head)
        return;
    const int height = m_head->isHidden() ? 0 : m_head->sizeHint().height();
    setViewportMargins(0, height, 0, 0);
    m_head->setGeometry(viewport()->x(), 0, viewport()->width(), height);
}

bool DetailPane::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_head && event->type() == QEvent::LayoutRequest)
        QMetaObject::invokeMethod(this, &DetailPane::fitHead, Qt::QueuedConnection);
    return QScrollArea::eventFilter(watched, event);
}

// Below a table each line counts, and there is width.
void DetailPane::arrangeHead()
{
    constexpr int WideFrom = 620;
    const bool wide = width() >= scaled(WideFrom);
    if (m_isWide == wide)
        return;
    m_isWide = wide;
    const int margin = scaled(wide ? 8 : 14);
    m_outer->setContentsMargins(scaled(17), m_head ? scaled(4) : margin, scaled(17), margin);
    m_column->setSpacing(scaled(wide ? Measure::Gap : Measure::WideGap));
    QVBoxLayout *headColumn = m_head ? m_headColumn : m_column;
    if (m_head) {
        m_headColumn->setContentsMargins(scaled(17), margin, scaled(17), scaled(4));
        m_headColumn->setSpacing(m_column->spacing());
    }
    m_title->setSizePolicy(wide ? QSizePolicy::Preferred : QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_heading->setStretchFactor(m_title, wide ? 0 : 1);
    int at = 1; // after the title, or below it
    for (QWidget *each : {static_cast<QWidget *>(m_line), m_parts}) {
        if (!each)
            continue;
        m_heading->removeWidget(each);
        headColumn->removeWidget(each);
        if (wide)
            m_heading->insertWidget(at++, each, each == m_line ? 1 : 0);
        else
            headColumn->insertWidget(at++, each);
    }
    fitHead();
}

void DetailPane::setHeading(const QString &title, const QString &line, const QString &chip,
                            models::Severity severity)
{
    m_nothing->hide();
    m_content->show();
    if (m_head && m_head->isHidden()) {
        m_head->show();
        fitHead();
    }
    setFocusPolicy(Qt::StrongFocus);
    m_ring->setVisible(hasFocus());
    m_title->setText(title);
    m_line->setText(line);
    m_line->setVisible(!line.isEmpty());
    m_chip->set(chip, severity);
}

void DetailPane::setNothing(const QString &text)
{
    m_content->hide();
    if (m_head)
        m_head->hide();
    fitHead();
    setFocusPolicy(Qt::NoFocus); // nothing to scroll or to choose in
    m_ring->hide();
    m_nothing->setText(text);
    m_nothing->show();
}

FactList *DetailPane::addFacts()
{
    auto *facts = new FactList(m_content);
    m_column->addWidget(facts);
    return facts;
}

TextLabel *DetailPane::addSection(const QString &title)
{
    auto *label = new TextLabel(Type::Section, title, m_content);
    label->setContentsMargins(0, scaled(Measure::Gap), 0, 0);
    m_column->addWidget(label);
    return label;
}

TextLabel *DetailPane::addText()
{
    auto *label = new TextLabel(Type::Dim, {}, m_content);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_column->addWidget(label);
    return label;
}

void DetailPane::addWidget(QWidget *widget) { m_column->addWidget(widget); }

void DetailPane::addLayout(QLayout *layout) { m_column->addLayout(layout); }

QSize DetailPane::minimumSizeHint() const { return {scaled(160), scaled(72)}; }

void DetailPane::focusInEvent(QFocusEvent *event)
{
    QScrollArea::focusInEvent(event);
    m_ring->setGeometry(rect());
    m_ring->raise();
    m_ring->setVisible(!m_content->isHidden());
}

void DetailPane::focusOutEvent(QFocusEvent *event)
{
    QScrollArea::focusOutEvent(event);
    m_ring->hide();
}

void DetailPane::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    m_ring->setGeometry(rect());
    arrangeHead();
    fitHead();
}

void DetailPane::changeEvent(QEvent *event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
    if (event->type() == QEvent::LayoutDirectionChange || event->type() == QEvent::FontChange)
        fitHead();
}

QWidget *withFoot(DetailPane *pane, const QList<QWidget *> &right, const QList<QWidget *> &left)
{
    auto *side = new Surface(Surface::Fill::Base, {}, pane->parentWidget());
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(scaled(17), 0, scaled(17), 0);
    for (QWidget *each : left)
        buttons->addWidget(each);
    buttons->addStretch();
    for (QWidget *each : right)
        buttons->addWidget(each);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, scaled(12));
    column->setSpacing(scaled(10));
    column->addWidget(pane, 1);
    column->addLayout(buttons);
    return side;
}

DetailSplit::DetailSplit(QWidget *main, QWidget *detail, QWidget *parent)
    : QSplitter(parent)
{
    addWidget(main);
    addWidget(detail);
    setChildrenCollapsible(false);
    setStretchFactor(0, 1);
    setStretchFactor(1, 0);
    setHandleWidth(1);
    connect(this, &QSplitter::splitterMoved, this, &DetailSplit::keepDragged);
    for (TableView *table : main->findChildren<TableView *>())
        connect(table, &TableView::opened, this, [this] { setDetailShown(true); });
    const auto rowsCame = [this] {
        showWanted();
        if (isVisible())
            arrange();
    };
    for (TablePane *pane : panesOf(*main))
        connect(pane, &TablePane::countChanged, this, rowsCame);
}

void DetailSplit::setDetailShown(bool shown)
{
    m_isDetailWanted = shown;
    showWanted();
}

bool DetailSplit::isDetailShown() const { return m_isDetailWanted; }

// Of a table without any row there are no details: the place is for what is said of its emptiness.
void DetailSplit::showWanted()
{
    const QList<TablePane *> panes = panesOf(*widget(0));
    const bool hasRows =
        std::any_of(panes.begin(), panes.end(), [](auto *pane) { return pane->total() > 0; });
    widget(1)->setVisible(m_isDetailWanted && (panes.isEmpty() || hasRows));
}

void DetailSplit::keepDragged()
{
    m_dragged.insert(orientation(), qRound(sizes().value(1) * 100.0 / scaled(100)));
}

QStringList DetailSplit::splitState() const
{
    QStringList state;
    for (const auto &[name, way] : SplitWays) {
        if (const int dragged = m_dragged.value(way); dragged > 0)
            state.append(QStringLiteral("%1=%2").arg(QLatin1String(name)).arg(dragged));
    }
    if (!isDetailShown())
        state.append(QStringLiteral("hidden"));
    return state;
}

void DetailSplit::restoreSplitState(const QStringList &state)
{
    constexpr int Largest = 4000; // a file may say anything
    m_dragged.clear();
    for (const auto &[name, way] : SplitWays) {
        for (const QString &entry : state) {
            const int size = entry.section(u'=', 1).toInt();
            if (entry.section(u'=', 0, 0) == QLatin1String(name) && size > 0 && size < Largest)
                m_dragged.insert(way, size);
        }
    }
    setDetailShown(!state.contains(QStringLiteral("hidden")));
    m_isArranged = false;
    arrange();
}

int DetailSplit::wantedDetail(Qt::Orientation orientation) const
{
    constexpr int FewestRows = 4;
    constexpr int Rows = 8;
    if (const int dragged = m_dragged.value(orientation); dragged > 0)
        return scaled(dragged);
    if (m_alwaysBeside)
        return qMax(scaled(Measure::DetailWidth), width() * 2 / 5);
    if (orientation == Qt::Horizontal)
        return scaled(Measure::DetailWidth);
    const QList<TablePane *> panes = panesOf(*widget(0));
    int rows = 0; // the most of all tabs: the split does not move from tab to tab
    for (const TablePane *pane : panes)
        rows = qMax(rows, pane->total());
    // A table of five rows needs no place for eight; one that is filtered may be whole again.
    const int left = panes.isEmpty()
        ? scaled(Measure::DetailHeight)
        : height() - handleWidth() - panes.first()->heightOfRows(qBound(FewestRows, rows, Rows));
    return qBound(widget(1)->minimumSizeHint().height(), left, scaled(Measure::DetailHeight));
}

// Beside the table only when that changes; below it with each height, as long as nobody has dragged it.
void DetailSplit::arrange()
{
    const bool beside = m_alwaysBeside || window()->width() >= scaled(Measure::DetailBesideFrom);
    const Qt::Orientation wanted = beside ? Qt::Horizontal : Qt::Vertical;
    if (m_isArranged && orientation() == wanted && (beside || m_dragged.contains(wanted)))
        return;
    m_isArranged = true;
    setOrientation(wanted);
    const int detail = wantedDetail(wanted);
    setSizes({(beside ? width() : height()) - detail, detail});
}

void DetailSplit::resizeEvent(QResizeEvent *event)
{
    QSplitter::resizeEvent(event);
    arrange();
}

void DetailSplit::changeEvent(QEvent *event)
{
    QSplitter::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        m_isArranged = false; // another zoom: at the next layout
}

void DetailSplit::showEvent(QShowEvent *event)
{
    QSplitter::showEvent(event);
    arrange();
    QMetaObject::invokeMethod(this, &DetailSplit::arrange,
                              Qt::QueuedConnection); // once all of it is polished
}

} // namespace ui
