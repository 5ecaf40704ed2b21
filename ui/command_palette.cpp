// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command_palette.h"

#include "ui/line_delegate.h"
#include "ui/text_label.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMap>
#include <QPainter>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

enum Quality { WholeWord, WordStart, Within, Missing };

Quality qualityIn(const QString &text, const QString &word)
{
    Quality best = Missing;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0 && best != WholeWord;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        const qsizetype end = at + word.size();
        const bool starts = at == 0 || !text[at - 1].isLetterOrNumber();
        const bool ends = end == text.size() || !text[end].isLetterOrNumber();
        best = std::min(best, starts && ends ? WholeWord : starts ? WordStart : Within);
    }
    return best;
}

// Of the word that is found worst.
Quality qualityOf(const Command &command, const QStringList &words)
{
    Quality worst = WholeWord;
    for (const QString &word : words) {
        const bool isNamespace = word.startsWith("ns:"_L1) && word.size() > 3;
        worst =
            std::max(worst,
                     isNamespace ? qualityIn(command.text, word.mid(3) + u'/')
                                 : std::min(qualityIn(command.text, word), qualityIn(command.side, word)));
    }
    return worst;
}

// What is rarely meant comes last however well it fits.
int rankOf(Command::Kind kind, Quality quality, bool isTyped)
{
    using Kind = Command::Kind;
    constexpr int PerQuality = 10, Last = 100;
    const int late = kind == Kind::Incident ? 2 * Last : kind == Kind::Sort ? Last : 0;
    const int place = kind == Kind::Object && !isTyped ? int(Kind::Action) + 1 : int(kind);
    static_assert(int(Kind::Incident) < PerQuality);
    return late + int(quality) * PerQuality + place;
}

} // namespace

CommandPalette::CommandPalette(QList<Command> commands, std::function<Command(const QString &)> typed,
                               QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_commands(std::move(commands))
    , m_typed(std::move(typed))
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_none(new TextLabel(Type::Dim, {}, this))
    , m_model(new QStandardItemModel(this))
{
    setObjectName(u"commandPalette"_s);
    setWindowTitle(tr("Search or run a command"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_field->setObjectName(u"paletteField"_s);
    m_field->setAccessibleName(tr("Search or run a command"));
    m_field->setPlaceholderText(tr("A page, a command, a context, a Mapping, or a URL to test"));
    m_field->installEventFilter(this);
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new LineDelegate(m_list));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_none->setObjectName(u"paletteNone"_s);
    m_none->setWordWrap(true);
    m_none->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_none->setMargin(scaled(8));
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::WideGap);
    column->setContentsMargins(margin, margin, margin, margin);
    column->addWidget(m_field);
    column->addWidget(m_list, 1);
    column->addWidget(m_none, 1);
    // A reason stands beside what cannot be done; a small window is not left.
    resize(qMin(scaled(680), parent ? parent->window()->width() - 2 * margin : scaled(680)), scaled(400));
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    filter({});
    m_field->setFocus();
}

int CommandPalette::shown() const { return m_model->rowCount(); }

QList<Command> CommandPalette::found(const QStringList &words) const
{
    QMap<int, QList<qsizetype>> ranked;
    for (qsizetype i = 0; i < m_commands.size(); ++i) {
        const Quality quality = qualityOf(m_commands[i], words);
        QList<qsizetype> *same =
            quality == Missing ? nullptr : &ranked[rankOf(m_commands[i].kind, quality, !words.isEmpty())];
        if (same && same->size() < Most)
            same->append(i);
    }
    QList<Command> best;
    for (const QList<qsizetype> &same : std::as_const(ranked)) {
        for (const qsizetype i : same)
            best.append(m_commands[i]);
    }
    return best.mid(0, Most);
}

void CommandPalette::filter(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    m_found.clear();
    if (const Command own = m_typed(text.trimmed()); !own.text.isEmpty())
        m_found.append(own);
    m_found += found(words);
    m_model->clear();
    for (const Command &command : std::as_const(m_found)) {
        auto *item = new QStandardItem(command.text);
        item->setData(command.side, LineDelegate::SideRole);
        if (!command.whyNot.isEmpty()) {
            item->setData(true, LineDelegate::DimRole);
            item->setToolTip(command.whyNot);
            item->setData(tr("%1, not possible now: %2").arg(command.text, command.whyNot),
                          Qt::AccessibleTextRole);
        }
        m_model->appendRow(item);
    }
    const bool isNamed = m_found.isEmpty() || m_found.first().kind != Command::Kind::Incident
        || text.trimmed().compare(m_found.first().text, Qt::CaseInsensitive) == 0
        || text.trimmed().compare(m_found.first().side, Qt::CaseInsensitive) == 0;
    m_list->setCurrentIndex(isNamed ? m_model->index(0, 0) : QModelIndex());
    m_list->setVisible(!m_found.isEmpty());
    m_none->setVisible(m_found.isEmpty());
    m_none->setText(tr("Nothing here has all of “%1” in its name: no page, command, context or object. "
                       "A whole URL (http://…) can be tested.")
                        .arg(text.trimmed()));
}

// The dialog ends first: what runs may open another one.
void CommandPalette::run(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const auto command = m_found[index.row()].run;
    if (!command)
        return;
    accept();
    command();
}

// It lies over pages of its own colour.
void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setPen(QColor::fromRgb(tokensOf(palette()).dim));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter: run(m_list->currentIndex()); return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: QCoreApplication::sendEvent(m_list, event); return true;
    default: return QDialog::eventFilter(watched, event);
    }
}

} // namespace ui
