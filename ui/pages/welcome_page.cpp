// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/welcome_page.h"

#include "ui/card.h"
#include "ui/line_delegate.h"
#include "ui/state_panel.h"
#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

WelcomePage::WelcomePage(QWidget *parent)
    : QWidget(parent)
    , m_message(new Banner(this))
    , m_model(new QStandardItemModel(this))
    , m_stepModel(new QStandardItemModel(this))
{
    setObjectName(u"welcomePage"_s);
    setAccessibleName(tr("Welcome"));
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, scaled(15), margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(3));
    column->addWidget(new TextLabel(Type::Title, tr("Welcome"), this));
    auto *line = new TextLabel(Type::Dim, tr("Choose a context. Nothing is contacted before that."), this);
    column->addWidget(line);
    column->addSpacing(scaled(Measure::WideGap));
    m_banners = new QVBoxLayout;
    m_banners->addWidget(m_message);
    column->addLayout(m_banners);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(scaled(Measure::WideGap));
    cards->addWidget(buildContexts(), 1);
    cards->addWidget(buildDoctor(), 1);
    column->addLayout(cards, 1);
    connect(m_message, &Banner::actionPressed, this, &WelcomePage::retryRequested);
    setContexts({}, {});
}

QWidget *WelcomePage::buildContexts()
{
    auto *card = new Card(this);
    m_filter = new QLineEdit(card);
    m_filter->setObjectName(u"welcomeFilter"_s);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter the contexts"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_count = new TextLabel(Type::Dim, {}, card);
    m_count->setWordWrap(true);
    m_list = makeLineList(u"welcomeContexts"_s, tr("Contexts"), m_model, card);
    m_list->installEventFilter(this);
    m_connect = makePrimaryButton(tr("Connect"), u"welcomeConnect"_s, card);
    auto *open = makeButton(tr("Open a file…"), u"welcomeOpen"_s, card);
    m_demo = makeButton(tr("Try the demo"), u"welcomeDemo"_s, card);
    m_demo->setToolTip(tr("Starts a small cluster with Ambassador and Istio on this machine"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(open);
    buttons->addWidget(m_demo);
    buttons->addStretch();
    buttons->addWidget(m_connect);
    card->body()->addWidget(new TextLabel(Type::Section, tr("Contexts"), card));
    card->body()->addWidget(m_filter);
    card->body()->addWidget(m_count);
    card->body()->addWidget(m_list, 1);
    card->body()->addLayout(buttons);
    connect(m_filter, &QLineEdit::textChanged, this, &WelcomePage::filter);
    connect(m_list, &QListView::activated, this, [this] { Q_EMIT connectRequested(currentContext()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &WelcomePage::updateButtons);
    connect(m_connect, &QPushButton::clicked, this, [this] { Q_EMIT connectRequested(currentContext()); });
    connect(open, &QPushButton::clicked, this, &WelcomePage::openFile);
    connect(m_demo, &QPushButton::clicked, this, &WelcomePage::demoRequested);
    return card;
}

QWidget *WelcomePage::buildDoctor()
{
    auto *card = new Card(this);
    m_check = makeButton(tr("Check the connection"), u"welcomeCheck"_s, card);
    m_doctorText = new TextLabel(Type::Dim, {}, card);
    m_doctorText->setObjectName(u"welcomeDoctorText"_s);
    m_doctorText->setWordWrap(true);
    m_doctorText->setAlignment(Qt::AlignTop | Qt::AlignLeading); // below its head, whatever is below it
    m_doctorText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_steps = makeLineList(u"welcomeSteps"_s, tr("Steps of the connection"), m_stepModel, card);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLabel(Type::Section, tr("Connection doctor"), card));
    head->addStretch();
    head->addWidget(m_check);
    card->body()->addLayout(head);
    card->body()->addWidget(m_doctorText);
    card->body()->addWidget(m_steps, 1);
    card->body()->addStretch();
    connect(m_check, &QPushButton::clicked, this, [this] { Q_EMIT doctorRequested(currentContext()); });
    connect(m_steps->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid())
                    m_doctorText->setText(current.data(Qt::ToolTipRole).toString());
            });
    setDoctor({}, {}, true);
    return card;
}

void WelcomePage::setContexts(const QList<ContextChoice> &contexts, const QString &current)
{
    m_contexts = contexts;
    m_wanted = current;
    filter();
    if (m_list->hasFocus())
        focusList(); // many of them are typed for
}

void WelcomePage::takeReport(Banner *report)
{
    m_banners->insertWidget(0, report);
    report->setVisible(!report->text().isEmpty()); // which another parent has ended
}

void WelcomePage::setMessage(models::Severity severity, const QString &text, const QString &action)
{
    m_message->show(severity, text, action);
}

void WelcomePage::filter()
{
    const QStringList words = m_filter->text().toCaseFolded().split(u' ', Qt::SkipEmptyParts);
    const auto kubectls = std::find_if(m_contexts.begin(), m_contexts.end(),
                                       [](const ContextChoice &context) { return context.isCurrent; });
    const QString usual = kubectls == m_contexts.end() ? QString() : kubectls->name; // kubectl's
    const QString wanted = m_wanted.isEmpty() ? usual : m_wanted;
    const QString chosen = currentContext().isEmpty() ? wanted : currentContext();
    m_model->clear();
    for (const ContextChoice &context : std::as_const(m_contexts)) {
        const QString text = QStringList({context.name, context.cluster, context.nameSpace, context.file})
                                 .join(u' ')
                                 .toCaseFolded();
        if (!std::all_of(words.begin(), words.end(),
                         [&text](const QString &word) { return text.contains(word); }))
            continue;
        auto *item = new QStandardItem(context.name);
        const QString place = context.cluster == context.name ? context.file : context.cluster;
        const QString where =
            context.nameSpace.isEmpty() ? place : tr("%1 · %2").arg(place, context.nameSpace);
        item->setData(context.isCurrent ? tr("current-context · %1").arg(where) : where,
                      LineDelegate::SideRole);
        item->setData(context.name, LineDelegate::TargetRole);
        item->setToolTip(tr("%1, from %2").arg(context.cluster, context.file));
        item->setData(tr("%1, %2, from %3").arg(context.name, context.cluster, context.file),
                      Qt::AccessibleTextRole);
        m_model->appendRow(item);
        if (context.name == chosen)
            m_list->setCurrentIndex(item->index());
    }
    if (!m_list->currentIndex().isValid() && m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(0, 0));
    const QLocale locale;
    m_count->setText(
        m_contexts.isEmpty()
            ? tr("No context was found in $KUBECONFIG or ~/.kube/config. Open another file, or try "
                 "the demo.")
            : tr("%1 of %2").arg(locale.toString(m_model->rowCount()), locale.toString(m_contexts.size())));
    updateButtons();
}

void WelcomePage::examine(const QString &context)
{
    m_filter->clear(); // it may hide this one
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row, 0);
        if (index.data(LineDelegate::TargetRole).toString() == context)
            m_list->setCurrentIndex(index);
    }
    Q_EMIT doctorRequested(context);
}

void WelcomePage::updateButtons()
{
    const bool has = !currentContext().isEmpty();
    const bool isEmpty = m_contexts.isEmpty(); // then there is but one way on
    m_demo->setProperty("primary", isEmpty);
    m_demo->update();
    m_connect->setVisible(!isEmpty);
    m_connect->setEnabled(has);
    m_check->setEnabled(has);
    for (const ContextChoice &context : std::as_const(m_contexts)) {
        if (context.name == currentContext())
            m_list->setToolTip(tr("%1, from %2").arg(context.cluster, context.file));
    }
}

QString WelcomePage::currentContext() const
{
    return m_list ? m_list->currentIndex().data(LineDelegate::TargetRole).toString() : QString();
}

int WelcomePage::shown() const { return m_model->rowCount(); }

void WelcomePage::focusList()
{
    if (m_contexts.size() > 12)
        m_filter->setFocus(Qt::OtherFocusReason);
    else
        m_list->setFocus(Qt::OtherFocusReason);
}

void WelcomePage::setDoctor(const QString &context, const QList<DoctorLine> &lines, bool isDone)
{
    m_stepModel->clear();
    const DoctorLine *wrong = nullptr;
    for (const DoctorLine &line : lines) {
        auto *item = new QStandardItem(u"%1   %2"_s.arg(line.name, line.text));
        item->setData(int(line.severity), LineDelegate::SeverityRole);
        const bool wasTried = line.severity != models::Severity::Unknown; // else there is no time to tell
        item->setData(wasTried && line.elapsedMs >= 0 ? millisecondsText(line.elapsedMs) : QString(),
                      LineDelegate::SideRole);
        item->setToolTip(line.text);
        item->setData(tr("%1, %2: %3").arg(line.name, severityName(line.severity), line.text),
                      Qt::AccessibleTextRole);
        m_stepModel->appendRow(item);
        if (line.severity == models::Severity::Error && !wrong)
            wrong = &line;
    }
    m_check->setText(isDone ? tr("Check the connection") : tr("Checking …"));
    m_steps->setVisible(!lines.isEmpty());
    if (lines.isEmpty() && isDone)
        m_doctorText->setText(
            tr("Goes the way of a request step by step: file, credentials, name, TCP, TLS, "
               "version, rights, then CRDs, Istio, edges and Prometheus; each with its time "
               "and the exact error."));
    else if (wrong)
        m_doctorText->setText(tr("%1: %2").arg(wrong->name, wrong->text));
    else
        m_doctorText->setText(isDone ? tr("The connection to %1 is well.").arg(context)
                                     : tr("Checking %1 …").arg(context));
}

void WelcomePage::openFile()
{
    auto *dialog = new QFileDialog(window(), tr("Open a kubeconfig"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &WelcomePage::fileRequested);
    dialog->open();
}

bool WelcomePage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    auto *pressed = static_cast<QKeyEvent *>(event);
    if (watched == m_list) { // what is typed there is looked for
        const bool isLetter = !pressed->text().isEmpty() && pressed->text().front().isPrint()
            && !pressed->text().front().isSpace()
            && !(pressed->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
        if (!isLetter)
            return QWidget::eventFilter(watched, event);
        m_filter->setFocus(Qt::OtherFocusReason);
        m_filter->insert(pressed->text());
        return true;
    }
    if (watched != m_filter)
        return QWidget::eventFilter(watched, event);
    const int key = pressed->key();
    if (key == Qt::Key_Down) {
        m_list->setFocus(Qt::OtherFocusReason);
        return true;
    }
    if (key == Qt::Key_Return && !currentContext().isEmpty()) {
        Q_EMIT connectRequested(currentContext());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
