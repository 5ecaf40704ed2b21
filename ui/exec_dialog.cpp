// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exec_dialog.h"

#include "ui/card.h"
#include "ui/fact_list.h"
#include "ui/text_label.h"
#include "ui/text_view.h"

#include <QHBoxLayout>
#include <QPushButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

// As one would type it, so that where an argument ends can be seen.
QString typed(const QString &word)
{
    const bool isPlain = !word.isEmpty() && std::all_of(word.cbegin(), word.cend(), [](QChar c) {
        return c.isLetterOrNumber() || u"-_./:=@%+,"_s.contains(c);
    });
    return isPlain ? word : u'\'' + QString(word).replace(u'\'', u"'\\''"_s) + u'\'';
}

} // namespace

ExecDialog::ExecDialog(const Program &program, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"execDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Run a program to sign in?"));
    setAccessibleName(windowTitle());
    auto *text =
        new TextLabel(Type::Body,
                      tr("The kubeconfig says that a program of this machine gets the credentials. It "
                         "would run with your rights; nothing has run yet. Once is for this connection."),
                      this);
    text->setWordWrap(true);
    auto *command = new TextView(tr("Command"), this);
    command->setObjectName(u"execCommand"_s);
    QStringList words{typed(program.command)};
    for (const QString &argument : program.arguments)
        words.append(typed(argument));
    command->setPlainText(words.join(u' '));
    command->setFitsContents(6);
    command->setWraps();
    auto *facts = new FactList(this);
    facts->setObjectName(u"execFacts"_s);
    facts->setFacts({{tr("Configured in"), program.file},
                     {tr("User"), program.user},
                     {tr("Context"), program.context},
                     {tr("Variables set for it"), program.variables.join(u", "_s)}});
    auto *never = makeButton(tr("Do not run"), u"execNever"_s, this);
    auto *always = makeButton(tr("Always for this command"), u"execAlways"_s, this);
    auto *once = makePrimaryButton(tr("Run once"), u"execOnce"_s, this);
    connect(never, &QPushButton::clicked, this, [this] { answer(Answer::DoNotRun); });
    connect(always, &QPushButton::clicked, this, [this] { answer(Answer::Always); });
    connect(once, &QPushButton::clicked, this, [this] { answer(Answer::Once); });
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(never);
    buttons->addStretch();
    for (QPushButton *button : {always, once})
        buttons->addWidget(button);
    for (QPushButton *button : {never, always, once})
        button->setAutoDefault(false);
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(Measure::WideGap));
    column->addWidget(new TextLabel(Type::Section, windowTitle(), this));
    column->addWidget(text);
    column->addWidget(command);
    column->addWidget(facts);
    column->addStretch();
    column->addLayout(buttons);
    setMinimumWidth(scaled(560));
    never->setFocus();
}

void ExecDialog::answer(Answer given)
{
    if (!std::exchange(m_isAnswered, true))
        Q_EMIT answered(given);
    QDialog::done(given == Answer::DoNotRun ? Rejected : Accepted);
}

// By Esc, or by its window's own button.
void ExecDialog::done(int result)
{
    if (!std::exchange(m_isAnswered, true))
        Q_EMIT answered(Answer::DoNotRun);
    QDialog::done(result);
}

} // namespace ui
