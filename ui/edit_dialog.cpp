// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit_dialog.h"

#include "ui/card.h"
#include "ui/text_label.h"
#include "ui/text_view.h"

#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

EditDialog::EditDialog(const QString &title, const QString &yaml, QWidget *parent)
    : QDialog(parent)
    , m_before(yaml)
    , m_text(new TextView(tr("YAML"), this))
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
    column->addWidget(m_problem);
    column->addLayout(buttons);
    resize(scaled(720), scaled(520));
    m_review->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_review->setEnabled(false);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        m_review->setEnabled(m_text->toPlainText() != m_before);
        setProblem({});
    });
    connect(m_review, &QPushButton::clicked, this, [this] { Q_EMIT reviewRequested(m_text->toPlainText()); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_text->setFocus();
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
    if (m_text->toPlainText() == m_before)
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
