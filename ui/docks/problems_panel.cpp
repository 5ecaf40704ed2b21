// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/problems_panel.h"

#include "models/analysis/finding_catalog.h"
#include "ui/ask_dialog.h"
#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/finding_place.h"
#include "ui/namespace_scope.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/write_words.h"

#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;
using models::FindingRow;
using models::Severity;

ProblemsPanel::ProblemsPanel(QWidget *parent)
    : QWidget(parent)
    , m_pane(new TablePane(u"problems"_s, {tr("problem"), tr("problems")}, this))
    , m_detail(new DetailPane(tr("Details of the problem"), this))
{
    setObjectName(u"problemsPanel"_s);
    m_pane->setEmpty(
        {.title = tr("No problems"), .text = tr("No check has found anything that needs attention.")});
    m_detail->setObjectName(u"problemDetail"_s);
    m_detail->setNothing(tr("Choose a problem to see what it means and what to do."));
    buildActions();
    buildDetail();
    auto *split = new DetailSplit(m_pane, m_detail, this);
    split->setAlwaysBeside(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
    m_pane->table().installEventFilter(this);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &ProblemsPanel::showDetail);
    connect(&m_pane->table(), &TableView::opened, this, &ProblemsPanel::goToCurrent);
    connect(m_pane, &TablePane::countChanged, this, &ProblemsPanel::recount);
    connect(m_pane, &TablePane::countChanged, this, &ProblemsPanel::showDetail);
}

void ProblemsPanel::buildActions()
{
    m_showMuted = makeButton(tr("Muted"), u"problemShowMuted"_s, this);
    m_showMuted->setCheckable(true);
    m_showMuted->setToolTip(tr("Show what was muted, too"));
    m_mute = makeButton(tr("Mute…"), u"problemMute"_s, this);
    m_goTo = makeButton(tr("Go to"), u"problemGoTo"_s, this);
    m_fix = makePrimaryButton(tr("Fix…"), u"problemFix"_s, this);
    for (QPushButton *button : {m_showMuted, m_mute, m_goTo, m_fix})
        m_pane->addAction(button);
    connect(m_showMuted, &QPushButton::toggled, this, &ProblemsPanel::applyScope);
    connect(m_mute, &QPushButton::clicked, this, &ProblemsPanel::askToMute);
    connect(m_goTo, &QPushButton::clicked, this, &ProblemsPanel::goToCurrent);
    connect(m_fix, &QPushButton::clicked, this,
            [this] { Q_EMIT fixRequested(chosenKeys(), m_pane->hiddenSelectionText()); });
    applyScope();
}

void ProblemsPanel::buildDetail()
{
    m_message = m_detail->addText();
    m_facts = m_detail->addFacts();
    m_remedy = m_detail->addText();
    m_help = m_detail->addText();
    m_message->setObjectName(u"problemMessage"_s);
    m_help->setObjectName(u"problemHelp"_s);
    m_help->setTextFormat(Qt::MarkdownText);
}

void ProblemsPanel::setFindings(models::TableModel<FindingRow> &findings)
{
    m_findings = &findings;
    m_pane->setModel(findings);
    m_pane->setObjectOf([&findings](const QString &key) {
        const FindingRow *row = findings.find(key);
        return row ? row->finding.subject : models::ObjectRef();
    });
    m_pane->table().sortBy(u"code"_s); // the worst first
    connect(m_pane->table().selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ProblemsPanel::showDetail);
    connect(&findings, &models::TableModelBase::batchApplied, this, &ProblemsPanel::recount);
    connect(&findings, &QAbstractItemModel::rowsRemoved, this, &ProblemsPanel::recount);
    recount();
}

void ProblemsPanel::setConnection(const ConnectionState &state)
{
    m_connection = state;
    showDetail();
}

void ProblemsPanel::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showDetail();
}

void ProblemsPanel::setNamespaces(const QStringList &names)
{
    m_namespaces = names;
    applyScope();
}

void ProblemsPanel::applyScope()
{
    QStringList terms;
    if (!m_showMuted->isChecked())
        terms.append(u"-muted:/./"_s);
    if (!m_namespaces.isEmpty())
        terms.append(namespaceTerm(m_namespaces));
    m_pane->setScope(terms.join(u' '));
}

void ProblemsPanel::recount()
{
    int count = 0;
    std::optional<Severity> worst;
    for (int i = 0; m_findings && i < m_findings->rowCount(); ++i) {
        const FindingRow &row = m_findings->row(i);
        if (!row.mutedBecause.isEmpty())
            continue;
        ++count;
        worst = std::max(worst.value_or(Severity::Good), row.finding.severity);
    }
    m_count = count;
    m_worst = worst;
    showDetail();
    Q_EMIT countChanged();
}

const FindingRow *ProblemsPanel::current() const
{
    return m_findings ? m_findings->find(m_pane->table().currentKey()) : nullptr;
}

QStringList ProblemsPanel::chosenKeys() const
{
    QStringList keys = m_pane->selectedKeys();
    if (keys.isEmpty() && current())
        keys.append(current()->key);
    return keys;
}

void ProblemsPanel::showDetail()
{
    const FindingRow *row = current();
    const QStringList keys = chosenKeys();
    const auto isFixable = [this](const QString &key) {
        const FindingRow *each = m_findings->find(key);
        return each && each->fixable;
    };
    const auto fixable = int(std::count_if(keys.begin(), keys.end(), isFixable));
    QString missing; // of the first one that cannot be fixed
    for (const QString &key : keys)
        missing = missing.isEmpty() && isFixable(key) ? m_forbidden.value(u"fix/"_s + key) : missing;
    const QString whyNot = whyNoWrite(m_connection, missing);
    m_fix->setEnabled(fixable > 0 && whyNot.isEmpty());
    m_fix->setText(fixable > 1 ? tr("Fix %1…").arg(fixable) : tr("Fix…"));
    m_fix->setToolTip(fixable == 0 ? tr("Nothing is planned here for this problem; its remedy is a person's.")
                          : whyNot.isEmpty() ? tr("Shows the change as a diff, with the server's dry run.")
                                             : whyNot);
    m_goTo->setEnabled(row);
    m_mute->setEnabled(!keys.isEmpty());
    const int hidden = m_pane->table().hiddenSelected(); // said here, as unmuting asks nothing
    m_mute->setText(!row || row->mutedBecause.isEmpty() ? tr("Mute…")
                        : hidden > 0 ? tr("Unmute %1, %2 of them filtered out").arg(keys.size()).arg(hidden)
                                     : tr("Unmute"));
    if (!row) {
        m_detail->setNothing(tr("Choose a problem to see what it means and what to do."));
        return;
    }
    const models::Finding &finding = row->finding;
    m_detail->setHeading(finding.code, finding.subject.text(), severityName(finding.severity),
                         finding.severity);
    m_message->setText(finding.message);
    m_facts->setFacts({{tr("Field"), finding.path},
                       {tr("Evidence"), finding.evidence.join(u"; "_s)},
                       {tr("Muted because"), row->mutedBecause}});
    m_remedy->setText(finding.remedy.isEmpty() ? QString() : tr("To do: %1.").arg(finding.remedy));
    m_remedy->setVisible(!finding.remedy.isEmpty());
    const QString help = models::findingHelp(finding.code);
    m_help->setText(help.section(u'\n', 1).trimmed()); // its title is the finding's own words
}

void ProblemsPanel::goToCurrent()
{
    if (const FindingRow *row = current()) {
        const FindingPlace place = placeOf(row->finding);
        Q_EMIT pageRequested(place.page, place.target);
    }
}

void ProblemsPanel::askToMute()
{
    const QStringList keys = chosenKeys();
    const FindingRow *row = current();
    if (keys.isEmpty())
        return;
    if (row && !row->mutedBecause.isEmpty()) {
        Q_EMIT muteRequested(keys, QString());
        return;
    }
    const QString what = keys.size() == 1 && row
        ? u"%1 %2"_s.arg(row->finding.code, row->finding.subject.text())
        : countText(keys.size(), tr("problem"), tr("problems"));
    askWhyToMute(keys, what, m_pane->hiddenSelectionText());
}

void ProblemsPanel::askWhyToMute(const QStringList &keys, const QString &what, const QString &hidden)
{
    auto *ask = new AskDialog(
        {tr("Mute %1").arg(what),
         QStringList({tr("It is no longer listed nor counted in this context, until it is unmuted. "
                         "sallyportctl check goes on to report it."),
                      hidden})
             .join(u'\n')
             .trimmed(),
         tr("Why"), tr("Mute")},
        window());
    connect(ask, &AskDialog::answered, this,
            [this, keys](const QString &reason) { Q_EMIT muteRequested(keys, reason); });
    ask->open();
}

QList<ObjectAction> ProblemsPanel::objectActions()
{
    const FindingRow *row = current();
    if (!row)
        return {};
    const QStringList keys = chosenKeys();
    const QString subject = keys.size() == 1 ? u"%1 %2"_s.arg(row->finding.code, row->finding.subject.text())
                                             : countText(keys.size(), tr("problem"), tr("problems"));
    const QString right = m_forbidden.value(u"fix/"_s + row->key);
    QList<ObjectAction> actions{{u"goTo"_s, tr("Go to"),
                                 u"%1 %2"_s.arg(row->finding.code, row->finding.subject.text()),
                                 [this] { goToCurrent(); }}};
    actions.append({u"fix"_s, tr("Fix…"), subject, [this] { m_fix->click(); },
                    m_fix->isEnabled() ? QString() : m_fix->toolTip(),
                    row->fixable && whyNoWrite(m_connection).isEmpty() ? right : QString()});
    actions.append({u"mute"_s, row->mutedBecause.isEmpty() ? tr("Mute…") : tr("Unmute"), subject,
                    [this] { askToMute(); }});
    return actions;
}

QList<ObjectAction> ProblemsPanel::actionsFor(const models::ObjectRef &object)
{
    constexpr qsizetype Most = 8;
    QList<ObjectAction> actions;
    for (int i = 0; m_findings && i < m_findings->rowCount() && actions.size() < Most; ++i) {
        const FindingRow &row = m_findings->row(i);
        if (row.finding.subject != object || row.finding.severity < Severity::Unknown)
            continue;
        const QString what = u"%1 %2"_s.arg(row.finding.code, object.text());
        const QString right = m_forbidden.value(u"fix/"_s + row.key);
        if (row.fixable)
            actions.append({u"fix/"_s + row.key, tr("Fix %1…").arg(row.finding.code), row.finding.message,
                            [this, key = row.key] { Q_EMIT fixRequested({key}, {}); },
                            whyNoWrite(m_connection, right),
                            whyNoWrite(m_connection).isEmpty() ? right : QString()});
        const auto mute = [this, key = row.key, what] { askWhyToMute({key}, what, {}); };
        const auto unmute = [this, key = row.key] { Q_EMIT muteRequested({key}, {}); };
        if (row.mutedBecause.isEmpty())
            actions.append(
                {u"mute/"_s + row.key, tr("Mute %1…").arg(row.finding.code), row.finding.message, mute});
        else
            actions.append(
                {u"mute/"_s + row.key, tr("Unmute %1").arg(row.finding.code), row.finding.message, unmute});
    }
    return actions;
}

void ProblemsPanel::step(int by)
{
    const int shown = m_pane->shown();
    if (shown == 0)
        return;
    TableView &table = m_pane->table();
    const int at = table.currentIndex().isValid() ? table.currentIndex().row() : (by > 0 ? -1 : shown);
    table.setCurrentIndex(table.model()->index((at + by + shown) % shown, 0));
    goToCurrent();
}

QList<QWidget *> ProblemsPanel::panes() const { return {&m_pane->table(), m_detail}; }

bool ProblemsPanel::eventFilter(QObject *watched, QEvent *event)
{
    const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    if (isKey && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Delete) {
        event->accept(); // not the window's, which deletes the object that is chosen
        if (event->type() == QEvent::KeyPress)
            askToMute();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
