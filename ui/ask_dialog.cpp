// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ask_dialog.h"

#include "ui/card.h"
#include "ui/text_label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

AskDialog::AskDialog(const Question &question, QWidget *parent)
    : QDialog(parent)
    , m_required(question.required)
    , m_field(new QLineEdit(this))
    , m_answer(makePrimaryButton(question.answer, u"askAnswer"_s, this))
{
    setObjectName(u"askDialog"_s);
    setWindowTitle(question.title);
    setAccessibleName(question.title);
    setAttribute(Qt::WA_DeleteOnClose);
    m_field->setObjectName(u"askField"_s);
    m_field->setAccessibleName(question.field);
    auto *text = new TextLabel(Type::Body, question.text, this);
    text->setWordWrap(true);
    auto *cancel = makeButton(tr("Cancel"), u"askCancel"_s, this);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_answer);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(10));
    auto *title = new TextLabel(Type::Section, question.title, this);
    title->setWordWrap(true);
    column->addWidget(title);
    column->addWidget(text);
    column->addWidget(new TextLabel(Type::Dim, question.field, this));
    column->addWidget(m_field);
    column->addLayout(buttons);
    setMinimumWidth(scaled(440));
    const auto answer = [this] {
        if (!isAnswer())
            return;
        const QString typed = m_field->text().trimmed();
        accept();
        Q_EMIT answered(typed);
    };
    connect(m_field, &QLineEdit::textChanged, this, [this] { m_answer->setEnabled(isAnswer()); });
    connect(m_field, &QLineEdit::returnPressed, this, answer);
    connect(m_answer, &QPushButton::clicked, this, answer);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_answer->setEnabled(false);
    m_answer->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_field->setFocus();
}

bool AskDialog::isAnswer() const
{
    const QString typed = m_field->text().trimmed();
    return m_required.isEmpty() ? !typed.isEmpty() : typed == m_required;
}

} // namespace ui
