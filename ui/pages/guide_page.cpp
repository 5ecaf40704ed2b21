// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/guide_page.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/line_delegate.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/write_words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QStandardItemModel>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::GuideStep;
using models::Severity;

namespace {

QString resultName(GuideStep::Result result)
{
    switch (result) {
    case GuideStep::Result::Passed: return GuidePage::tr("Passed");
    case GuideStep::Result::Failed: return GuidePage::tr("Failed");
    case GuideStep::Result::NotChecked: break;
    }
    return GuidePage::tr("Not checked");
}

Severity severityOf(GuideStep::Result result)
{
    return result == GuideStep::Result::Passed ? Severity::Good
        : result == GuideStep::Result::Failed  ? Severity::Error
                                               : Severity::Unknown;
}

} // namespace

GuidePage::GuidePage(QWidget *parent)
    : PageFrame(u"guide"_s, tr("Integration guide"), parent)
    , m_model(new QStandardItemModel(this))
    , m_list(makeLineList(u"guideSteps"_s, tr("Steps of the guide"), m_model, this))
    , m_detail(new DetailPane(tr("Details of the step"), this))
{
    m_detail->setObjectName(u"guideDetail"_s);
    m_detail->setNothing(tr("Choose a step to see what was found and the YAML that fulfils it."));
    QWidget *side = buildDetail();
    auto *split = m_split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(m_list);
    split->addWidget(side);
    split->setChildrenCollapsible(false);
    split->setStretchFactor(0, 11);
    split->setStretchFactor(1, 9);
    split->setSizes({550, 450}); // titles are whole at 1,024
    setContent(split);
    setFacts(tr("Ambassador and Istio, step by step"));
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &GuidePage::showDetail);
    connect(m_list, &QListView::activated, this, [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
}

// A step beside its details where there is room for both, else above them.
void GuidePage::resizeEvent(QResizeEvent *event)
{
    constexpr int BesideFrom = 640;
    PageFrame::resizeEvent(event);
    const Qt::Orientation wanted = bodyWidth() >= scaled(BesideFrom) ? Qt::Horizontal : Qt::Vertical;
    if (m_split->orientation() == wanted)
        return;
    m_split->setOrientation(wanted);
    m_split->setSizes({550, 450});
}

QWidget *GuidePage::buildDetail()
{
    m_seen = m_detail->addText();
    m_seen->setForegroundRole(QPalette::WindowText);
    m_seen->setObjectName(u"guideSeen"_s);
    m_evidenceHead = m_detail->addSection(tr("Evidence"));
    m_evidence = m_detail->addText();
    m_remedyHead = m_detail->addSection(tr("What to do"));
    m_remedy = m_detail->addText();
    m_yamlHead = m_detail->addSection(tr("YAML of this step"));
    m_yaml = new TextView(tr("YAML of this step"), m_detail);
    m_yaml->setObjectName(u"guideYaml"_s);
    m_yaml->setFitsContents(24);
    m_detail->addWidget(m_yaml);
    m_copy = makeButton(tr("Copy YAML"), u"guideCopy"_s, this);
    m_undo = makeButton(tr("Undo…"), u"guideUndo"_s, this);
    m_apply = makePrimaryButton(tr("Apply…"), u"guideApply"_s, this);
    QWidget *side = withFoot(m_detail, {m_undo, m_apply}, {m_copy});
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_yaml->toPlainText()); });
    connect(m_undo, &QPushButton::clicked, this, [this] { Q_EMIT undoRequested(currentStep()); });
    connect(m_apply, &QPushButton::clicked, this, [this] { Q_EMIT applyRequested(currentStep()); });
    return side;
}

void GuidePage::setSteps(const QList<GuideStep> &steps)
{
    m_steps = steps;
    if (m_model->rowCount() != steps.size()) {
        m_model->clear();
        for (qsizetype i = 0; i < steps.size(); ++i)
            m_model->appendRow(new QStandardItem);
    }
    int passed = 0;
    int failed = 0;
    for (int i = 0; i < steps.size(); ++i) {
        const GuideStep &step = steps[i];
        passed += step.result == GuideStep::Result::Passed;
        failed += step.result == GuideStep::Result::Failed;
        QStandardItem *item = m_model->item(i);
        item->setText(u"%1  %2"_s.arg(i + 1).arg(step.title));
        item->setData(int(severityOf(step.result)), LineDelegate::SeverityRole);
        item->setData(step.result == GuideStep::Result::Passed ? u"✓"_s : QString(), LineDelegate::MarkRole);
        item->setData(step.result == GuideStep::Result::Passed ? QString() : resultName(step.result),
                      LineDelegate::SideRole); // the tick says it
        item->setData(
            tr("Step %1 of %2, %3: %4").arg(i + 1).arg(steps.size()).arg(step.title, resultName(step.result)),
            Qt::AccessibleTextRole);
        item->setToolTip(step.seen);
    }
    const auto notChecked = int(steps.size()) - passed - failed;
    QStringList facts{tr("%1 of %2 passed").arg(passed).arg(steps.size())};
    if (failed > 0)
        facts.append(tr("%1 failed").arg(failed));
    if (notChecked > 0)
        facts.append(tr("%1 not checked").arg(notChecked));
    setFacts(facts.join(u" · "_s));
    Q_EMIT badgeChanged(steps.isEmpty() ? QString() : u"%1/%2"_s.arg(passed).arg(steps.size()),
                        passed == steps.size() ? std::nullopt
                            : failed > 0       ? std::optional(Severity::Warning)
                                               : std::optional(Severity::Unknown));
    if (!m_list->currentIndex().isValid() && !steps.isEmpty()) {
        const auto open = std::find_if(steps.begin(), steps.end(), [](const GuideStep &step) {
            return step.result != GuideStep::Result::Passed;
        });
        m_list->setCurrentIndex(m_model->index(open == steps.end() ? 0 : int(open - steps.begin()), 0));
    }
    updateState();
    showDetail();
}

void GuidePage::setConnection(const models::ConnectionState &state)
{
    PageFrame::setConnection(state);
    showDetail();
}

void GuidePage::setUndoable(const QSet<QString> &stepIds)
{
    m_undoable = stepIds;
    showDetail();
}

// As its buttons.
QList<ObjectAction> GuidePage::objectActions()
{
    const int at = m_list->currentIndex().row();
    if (at < 0 || at >= m_steps.size())
        return {};
    const GuideStep &step = m_steps[at];
    const bool isWritable = whyNoWrite(connection()).isEmpty();
    QList<ObjectAction> actions;
    const auto add = [&](const QString &id, const QPushButton &button, const QString &right) {
        if (button.isHidden())
            return;
        actions.append({id, button.text(), step.title,
                        [this, button = &button] { const_cast<QPushButton *>(button)->click(); },
                        button.isEnabled() ? QString() : button.toolTip(), isWritable ? right : QString()});
    };
    add(u"apply"_s, *m_apply, m_forbidden.value(u"step/"_s + step.id));
    add(u"undo"_s, *m_undo, m_forbidden.value(u"step/%1/undo"_s.arg(step.id)));
    add(u"copyYaml"_s, *m_copy, {});
    return actions;
}

void GuidePage::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showDetail();
}

const GuideStep *GuidePage::current() const
{
    const int row = m_list->currentIndex().row();
    return row >= 0 && row < m_steps.size() ? &m_steps[row] : nullptr;
}

QString GuidePage::currentStep() const { return current() ? current()->id : QString(); }

void GuidePage::showDetail()
{
    const GuideStep *step = current();
    if (!step)
        return;
    m_detail->setHeading(step->title, {}, resultName(step->result), severityOf(step->result));
    m_seen->setText(step->seen);
    m_evidence->setText(step->evidence.join(u'\n'));
    m_evidence->setVisible(!step->evidence.isEmpty());
    m_evidenceHead->setVisible(!step->evidence.isEmpty());
    const bool passed = step->result == GuideStep::Result::Passed;
    m_remedy->setText(step->remedy);
    m_remedy->setVisible(!step->remedy.isEmpty() && !passed);
    m_remedyHead->setVisible(!step->remedy.isEmpty() && !passed);
    if (m_yaml->toPlainText() != step->yaml.trimmed())
        m_yaml->setPlainText(step->yaml.trimmed());
    m_yaml->setVisible(!step->yaml.isEmpty());
    m_yamlHead->setVisible(!step->yaml.isEmpty());
    m_copy->setVisible(!step->yaml.isEmpty());
    const QString action = u"step/"_s + step->id;
    const QString whyNot = whyNoWrite(connection(), m_forbidden.value(action));
    const QString whyNoUndo = whyNoWrite(connection(), m_forbidden.value(action + u"/undo"_s));
    m_apply->setVisible(!step->yaml.isEmpty() && !passed);
    m_apply->setText(!step->needsRestart               ? tr("Apply…")
                         : step->id == "prometheus"_L1 ? tr("Restart Prometheus…")
                                                       : tr("Restart the edge…"));
    m_apply->setEnabled(whyNot.isEmpty());
    m_apply->setToolTip(whyNot.isEmpty() ? tr("Shows the diff and asks the server first.") : whyNot);
    m_undo->setVisible(m_undoable.contains(step->id));
    m_undo->setEnabled(whyNoUndo.isEmpty());
    m_undo->setToolTip(whyNoUndo.isEmpty() ? tr("Shows the reverse as a diff first.") : whyNoUndo);
}

QList<QWidget *> GuidePage::panes() const { return {m_list, m_detail}; }

void GuidePage::goTo(const QString &target)
{
    for (int i = 0; i < m_steps.size(); ++i) {
        if (m_steps[i].id == target)
            m_list->setCurrentIndex(m_model->index(i, 0));
    }
}

bool GuidePage::hasContent() const { return !m_steps.isEmpty(); }

} // namespace ui
