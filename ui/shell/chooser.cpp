// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/chooser.h"

#include "ui/line_delegate.h"
#include "ui/text_label.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QMouseEvent>
#include <QScreen>
#include <QSignalBlocker>
#include <QWheelEvent>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

Chooser::Chooser(const QString &objectName, const QString &accessibleName, int width, QWidget *parent)
    : QComboBox(parent)
{
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setMaxVisibleItems(24);
    setMaximumWidth(scaled(width));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(this, &QComboBox::currentTextChanged, this, [this] { updateGeometry(); });
}

void Chooser::setLined()
{
    m_isLined = true;
    auto *list = new QListView(this);
    list->setUniformItemSizes(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setView(list);
    setItemDelegate(new LineDelegate(this));
}

void Chooser::setFilterable(const QString &placeholder)
{
    setLined();
    m_head = new QWidget;
    m_head->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed); // the rest is the list's
    m_filter = new QLineEdit(m_head);
    m_filter->setObjectName(objectName() + u"Filter"_s);
    m_filter->setAccessibleName(placeholder);
    m_filter->setPlaceholderText(placeholder);
    m_filter->setFocusPolicy(Qt::NoFocus); // the list has it, and hands on what is typed
    m_count = new TextLabel(Type::Dim, {}, m_head);
    m_count->setObjectName(objectName() + u"Count"_s);
    auto *row = new QHBoxLayout(m_head);
    row->setContentsMargins(scaled(8), scaled(8), scaled(8), scaled(4));
    row->addWidget(m_filter, 1);
    row->addWidget(m_count);
    auto *popup = view()->parentWidget(); // of QComboBox: it is made by setView()
    static_cast<QBoxLayout *>(popup->layout())->insertWidget(0, m_head);
    connect(m_filter, &QLineEdit::textChanged, this, &Chooser::narrow);
}

void Chooser::setMarking(std::function<bool(int)> isMarkable) { m_isMarkable = std::move(isMarkable); }

void Chooser::setMarked(const QStringList &values) { m_chosen = values; }

void Chooser::setSide(int index, const QString &words)
{
    setItemData(index, words, LineDelegate::SideRole);
    setItemData(index, words.isEmpty() ? itemText(index) : u"%1, %2"_s.arg(itemText(index), words),
                Qt::AccessibleTextRole);
}

void Chooser::setLeast(int width)
{
    if (std::exchange(m_least, width) != width)
        updateGeometry();
}

QSize Chooser::sizeHint() const
{
    const QString text = currentIndex() < 0 ? placeholderText() : currentText();
    return {fontMetrics().horizontalAdvance(text) + scaled(9 + 26) + 12, QComboBox::sizeHint().height()};
}

// Usual names stay whole; the search field gives way before them.
QSize Chooser::minimumSizeHint() const
{
    const QSize hint = sizeHint();
    return {qMin(hint.width(), m_least > 0 ? m_least : maximumWidth() * 10 / 13), hint.height()};
}

int Chooser::listWidth() const
{
    if (!m_isLined)
        return qMin(view()->sizeHintForColumn(0) + scaled(24), scaled(480));
    const QFontMetrics metrics(fontOf(Type::Body));
    int widest = 0;
    for (int i = 0; i < count(); ++i) {
        const QString side = itemData(i, LineDelegate::SideRole).toString();
        const int sideWidth = metrics.horizontalAdvance(side) + (side.isEmpty() ? 0 : scaled(32));
        // second words get two fifths of a line at most
        widest = qMax(widest, qMax(metrics.horizontalAdvance(itemText(i)) + sideWidth, sideWidth * 5 / 2));
    }
    constexpr int Frame = 72; // mark, margins, scroll bar
    if (m_filter)             // and what can be done there
        widest = qMax(widest,
                      metrics.horizontalAdvance(m_filter->placeholderText()) + m_count->sizeHint().width());
    const int most = qMax(window()->width() - scaled(32), scaled(200));
    return qMin(qBound(scaled(300), widest + scaled(Frame), scaled(760)), most);
}

void Chooser::showPopup()
{
    if (m_filter) {
        m_filter->clear();
        m_marked = m_chosen;
        m_wasMarked = false;
        narrow();
    } else if (m_isLined) {
        showMarks();
    }
    view()->setMinimumWidth(listWidth());
    QComboBox::showPopup();
    if (!m_filter)
        return;
    for (QObject *each : {static_cast<QObject *>(view()), static_cast<QObject *>(view()->viewport())}) {
        each->removeEventFilter(this); // to the front again: QComboBox's own would choose first
        each->installEventFilter(this);
    }
    growPopup();
}

// By the field above the list, of which QComboBox knows nothing; it stays on the screen.
void Chooser::growPopup()
{
    QWidget *popup = view()->parentWidget();
    QRect wanted = popup->geometry();
    wanted.setHeight(wanted.height() + m_head->sizeHint().height());
    const QRect room = screen()->availableGeometry();
    if (wanted.bottom() > room.bottom())
        wanted.setBottom(room.bottom());
    popup->setGeometry(wanted);
    view()->scrollTo(view()->currentIndex());
}

void Chooser::narrow()
{
    const QStringList words = m_filter->text().split(u' ', Qt::SkipEmptyParts);
    auto *list = static_cast<QListView *>(view());
    int shown = 0, first = -1;
    for (int i = 0; i < count(); ++i) {
        const QString text = itemText(i) + u' ' + itemData(i, LineDelegate::SideRole).toString();
        const bool matches = std::all_of(words.begin(), words.end(), [&text](const QString &word) {
            return text.contains(word, Qt::CaseInsensitive);
        });
        list->setRowHidden(i, !matches);
        shown += matches;
        first = matches && first < 0 ? i : first;
    }
    const QLocale locale;
    m_count->setText(words.isEmpty() ? locale.toString(count())
                                     : tr("%1 of %2").arg(locale.toString(shown), locale.toString(count())));
    const int now = words.isEmpty() ? currentIndex() : first;
    list->setCurrentIndex(model()->index(now, modelColumn()));
    showMarks();
}

// A tick tells what is chosen now, or what is marked; where there are ticks, all words begin at the same place.
void Chooser::showMarks()
{
    const QSignalBlocker quiet(model()); // each of them would lay the closed field out anew
    for (int i = 0; i < count(); ++i) {
        const bool isMarked =
            m_marked.isEmpty() ? i == currentIndex() : m_marked.contains(itemData(i).toString());
        setItemData(i, int(models::Severity::Good), LineDelegate::SeverityRole);
        setItemData(i, isMarked ? u"✓"_s : u" "_s, LineDelegate::MarkRole);
        setItemData(i, isMarked ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
    }
    view()->viewport()->update();
}

void Chooser::toggle(int index)
{
    if (!m_isMarkable || index < 0 || !m_isMarkable(index))
        return;
    const QString value = itemData(index).toString();
    if (!m_marked.removeOne(value))
        m_marked.append(value);
    m_wasMarked = true;
    showMarks();
}

bool Chooser::takeMarked()
{
    if (!m_wasMarked || m_marked.isEmpty())
        return false;
    QStringList marked = m_marked;
    marked.sort();
    m_wasMarked = false;
    hidePopup();
    if (marked.size() > 1) {
        Q_EMIT severalChosen(marked);
    } else {
        setCurrentIndex(findData(marked.first()));
        Q_EMIT activated(currentIndex());
    }
    return true;
}

bool Chooser::listKey(QKeyEvent &key)
{
    const bool isPlain = !(key.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    switch (key.key()) {
    case Qt::Key_Space:
        if (!m_isMarkable)
            break;
        toggle(view()->currentIndex().row());
        return true;
    case Qt::Key_Backspace: m_filter->backspace(); return true;
    case Qt::Key_Escape:
        if (m_filter->text().isEmpty())
            return false;
        m_filter->clear();
        return true;
    default: break;
    }
    if (key.matches(QKeySequence::Paste)) {
        m_filter->paste();
        return true;
    }
    if (!isPlain || key.text().isEmpty() || !key.text().front().isPrint())
        return false;
    m_filter->insert(key.text());
    return true;
}

bool Chooser::eventFilter(QObject *watched, QEvent *event)
{
    // QComboBox chooses and closes at this event, before the key press that follows.
    if (m_filter && watched == view() && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const bool isTaken = (key == Qt::Key_Escape && !m_filter->text().isEmpty())
            || ((key == Qt::Key_Return || key == Qt::Key_Enter) && takeMarked());
        if (isTaken) {
            event->accept();
            return true;
        }
    }
    if (m_filter && watched == view() && event->type() == QEvent::KeyPress)
        return listKey(*static_cast<QKeyEvent *>(event)) || QComboBox::eventFilter(watched, event);
    if (m_filter && watched == view()->viewport() && event->type() == QEvent::MouseButtonRelease) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        const int index = view()->indexAt(mouse->position().toPoint()).row();
        if (m_isMarkable && index >= 0 && mouse->modifiers() & Qt::ControlModifier) {
            toggle(index);
            return true;
        }
    }
    return QComboBox::eventFilter(watched, event);
}

void Chooser::wheelEvent(QWheelEvent *event) { event->ignore(); }

void Chooser::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F4: showPopup(); return;
    default: event->ignore();
    }
}

} // namespace ui
