// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit_dialog.h"

#include "ui/card.h"
#include "ui/state_panel.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/yaml_place.h"

#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QTextBlock>
#include <QTextDocument>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

EditDialog::EditDialog(const QString &title, const QString &yaml, QWidget *parent)
    : QDialog(parent)
    , m_bases({{yaml, -1}})
    , m_text(new TextView(tr("YAML"), this))
    , m_collision(buildCollision())
    , m_problem(new TextLabel(Type::Body, {}, this))
    , m_review(makePrimaryButton(tr("Review…"), u"editReview"_s, this))
{
    setObjectName(u"editDialog"_s);
    setWindowTitle(title);
    setAccessibleName(title);
    setAttribute(Qt::WA_DeleteOnClose);
    m_text->setObjectName(u"editText"_s);
    m_text->setReadOnly(false);
    m_text->setTextInteractionFlags(Qt::TextEditorInteraction);
    m_text->setPlainText(yaml);
    m_problem->setObjectName(u"editProblem"_s);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto *line = new TextLabel(
        Type::Dim, tr("Nothing is written before you have seen the diff and the server's dry run."), this);
    line->setWordWrap(true);
    auto *cancel = makeButton(tr("Close"), u"editClose"_s, this);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_review);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(10));
    column->addWidget(new TextLabel(Type::Section, title, this));
    column->addWidget(line);
    column->addWidget(m_text, 1);
    column->addWidget(m_collision);
    column->addWidget(m_problem);
    column->addLayout(buttons);
    resize(scaled(720), scaled(520));
    m_review->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_review->setEnabled(false);
    connect(m_text, &QPlainTextEdit::textChanged, this, &EditDialog::noteTyped);
    connect(m_review, &QPushButton::clicked, this,
            [this] { Q_EMIT reviewRequested(m_text->toPlainText(), m_bases.constLast().yaml); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    pressByCtrlEnter(*m_review, *this); // Enter alone is a line of the text
    m_text->setFocus();
}

// What happened, what of theirs and mine there is, and the two ways on.
QWidget *EditDialog::buildCollision()
{
    auto *area = new QWidget(this);
    area->setObjectName(u"editCollision"_s);
    m_collisionLine = new Banner(area);
    m_collisionText = new TextView(tr("What somebody else has changed"), area);
    m_collisionText->setObjectName(u"editCollisionText"_s);
    m_collisionText->setFitsContents(7);
    m_collisionText->setWraps();
    auto *theirs = makeButton(tr("Take theirs in"), u"editTakeTheirs"_s, area);
    theirs->setToolTip(tr("What they changed comes into the text; of the marked fields theirs stands"));
    auto *mine = makeButton(tr("Keep mine"), u"editKeepMine"_s, area);
    mine->setToolTip(tr("What they changed comes into the text; of the marked fields yours stays"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(theirs);
    buttons->addWidget(mine);
    buttons->addStretch();
    auto *column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_collisionLine);
    column->addWidget(m_collisionText);
    column->addLayout(buttons);
    for (QPushButton *each : {theirs, mine})
        each->setAutoDefault(false);
    connect(theirs, &QPushButton::clicked, this, [this] {
        takeIn(m_together.merged,
               tr("Theirs is taken in, and stands in the marked fields. Ctrl+Z takes that back."));
    });
    connect(mine, &QPushButton::clicked, this, [this] {
        takeIn(m_together.mergedMine,
               tr("Theirs is taken in, and yours stands in the marked fields. Ctrl+Z takes that back."));
    });
    area->hide();
    return area;
}

void EditDialog::setCollision(const models::EditTogether &together)
{
    m_together = together;
    QStringList lines = together.collisions;
    for (const QString &change : together.theirChanges)
        lines.append(tr("%1 (only they)").arg(change));
    m_collisionText->setPlainText(lines.join(u'\n'));
    m_collisionLine->show(
        models::Severity::Warning,
        tr("Somebody else has changed the same since this was opened. Your text stands as you "
           "typed it; what both changed is marked."));
    m_collision->show();
    setProblem({});
    mark(together.places);
}

// As one step of the text's own undo, which also takes back what the text is compared with.
void EditDialog::takeIn(const edge::Value &merged, const QString &told)
{
    const QList<QStringList> places = m_together.places;
    const int steps = m_text->document()->availableUndoSteps();
    const QString theirs = QString::fromStdString(edge::toYaml(m_together.theirs));
    const QString text = QString::fromStdString(edge::toYaml(merged));
    m_bases.append({theirs, steps});
    QTextCursor all(m_text->document());
    all.beginEditBlock();
    all.select(QTextCursor::Document);
    all.insertText(text);
    all.endEditBlock();
    m_collision->hide();
    mark(places);
    setProblem(told);
    m_text->setFocus(Qt::OtherFocusReason);
}

// The first of them comes into sight.
void EditDialog::mark(const QList<QStringList> &places)
{
    const QString text = m_text->toPlainText();
    QList<QTextEdit::ExtraSelection> marks;
    for (const QStringList &keys : places) {
        const int line = lineOfField(text, keys);
        if (line < 0)
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_text->document()->findBlockByNumber(line));
        const Tone tone = toneOf(palette(), models::Severity::Warning);
        mark.format.setBackground(QColor::fromRgb(tone.paper));
        mark.format.setForeground(QColor::fromRgb(tone.ink));
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks.append(mark);
    }
    m_text->setExtraSelections(marks);
    if (!marks.isEmpty()) {
        m_text->setTextCursor(marks.constFirst().cursor);
        m_text->ensureCursorVisible();
    }
}

void EditDialog::noteTyped()
{
    while (m_bases.size() > 1 && m_text->document()->availableUndoSteps() <= m_bases.constLast().undoSteps) {
        m_bases.removeLast();
        m_text->setExtraSelections({});
    }
    m_review->setEnabled(m_text->toPlainText() != m_bases.constLast().yaml);
    setProblem({});
}

void EditDialog::settle(const QString &yaml, bool isKept)
{
    if (isKept && m_text->toPlainText() == yaml)
        accept();
    else // once the review has gone: it may still have the focus
        QMetaObject::invokeMethod(this, &EditDialog::resume, Qt::QueuedConnection);
}

void EditDialog::resume()
{
    activateWindow();
    m_text->setFocus(Qt::OtherFocusReason);
}

void EditDialog::reject()
{
    if (m_text->toPlainText() == m_bases.constLast().yaml)
        return QDialog::reject();
    auto *question =
        new QMessageBox(QMessageBox::Question, windowTitle(),
                        tr("Throw away what was typed? It is written nowhere."), QMessageBox::NoButton, this);
    question->setObjectName(u"editDiscard"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton *discard = question->addButton(tr("Throw away"), QMessageBox::DestructiveRole);
    QPushButton *keep = question->addButton(tr("Go on editing"), QMessageBox::RejectRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep);
    // Once it is hidden: a window that goes before its question leaves the focus nowhere.
    connect(question, &QMessageBox::finished, this, [this, question, discard] {
        if (question->clickedButton() == discard)
            QDialog::reject();
    });
    connect(question, &QMessageBox::rejected, this, &EditDialog::resume);
    question->open();
}

void EditDialog::setProblem(const QString &text)
{
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

} // namespace ui
