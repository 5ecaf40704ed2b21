// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/request_page.h"

#include "ui/candidate_text.h"
#include "ui/card.h"
#include "ui/chip.h"
#include "ui/json_text.h"
#include "ui/pages/composer_row.h"
#include "ui/reflow_box.h"
#include "ui/step_list.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QTabBar>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::Severity;

namespace {

constexpr int DebounceMs = 120;

QString quoted(QString text) { return u'\'' + text.replace(QString(u'\''), u"'\\''"_s) + u'\''; }

constexpr qsizetype MostNotes = 4; // of one step

// Two a line: the answer below stays in sight.
QStringList notesOf(const QList<edge::Candidate> &others, qsizetype most)
{
    QStringList notes;
    for (const edge::Candidate &candidate : others.mid(0, most))
        notes.append(candidateText(candidate));
    if (others.size() > most)
        notes.append(others.size() == most + 1
                         ? RequestPage::tr("and one other that is further away")
                         : RequestPage::tr("and %1 others that are further away").arg(others.size() - most));
    QStringList pairs;
    for (qsizetype i = 0; i < notes.size(); i += 2)
        pairs.append(notes.mid(i, 2).join(u" · "_s));
    return pairs;
}

QString shownBody(const QByteArray &body) { return QString::fromUtf8(indentedJson(body).value_or(body)); }

} // namespace

RequestPage::RequestPage(QWidget *parent)
    : PageFrame(u"request"_s, tr("Test a request"), parent)
    , m_debounce(new QTimer(this))
{
    m_debounce->setSingleShot(true);
    m_debounce->setInterval(DebounceMs);
    connect(m_debounce, &QTimer::timeout, this, [this] {
        if (request().url.isValid() && !request().url.host().isEmpty())
            Q_EMIT predictionWanted(request());
    });
    setFacts(tr("predict, send, confirm"));
    auto *cards = new QWidget(this);
    auto *cardColumn = new QVBoxLayout(cards);
    cardColumn->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin),
                                   scaled(Measure::CardPadding));
    cardColumn->setSpacing(scaled(Measure::WideGap));
    cardColumn->addWidget(buildPrediction());
    cardColumn->addWidget(buildAnswer());
    cardColumn->addStretch();
    m_scroll = new QScrollArea(this);
    m_scroll->setWidget(cards);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto *content = new QWidget(this);
    auto *composer = new QVBoxLayout;
    composer->setContentsMargins(scaled(Measure::PageMargin), scaled(4), scaled(Measure::PageMargin), 0);
    composer->addWidget(buildComposer());
    composer->addWidget(buildHeaders());
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::WideGap));
    column->addLayout(composer);
    column->addWidget(m_scroll, 1);
    setContent(content);
    m_answerCard->hide();
}

QWidget *RequestPage::buildComposer()
{
    auto *row = new ComposerRow(this);
    m_method = new QComboBox(row);
    m_method->setObjectName(u"requestMethod"_s);
    m_method->setAccessibleName(tr("Method"));
    m_method->addItems({u"GET"_s, u"HEAD"_s, u"POST"_s, u"PUT"_s, u"PATCH"_s, u"DELETE"_s, u"OPTIONS"_s});
    m_url = new QLineEdit(row);
    m_url->setObjectName(u"requestUrl"_s);
    m_url->setAccessibleName(tr("URL"));
    m_url->setPlaceholderText(u"https://api.example.com/backend/"_s);
    m_way = new QComboBox(row);
    m_way->setObjectName(u"requestWay"_s);
    m_way->setAccessibleName(tr("Send it through"));
    m_way->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_way->addItem(tr("through the cluster's edge"), u"edge"_s);
    m_headersButton = makeButton(tr("Headers"), u"requestHeadersButton"_s, row);
    m_headersButton->setCheckable(true);
    m_send = makePrimaryButton(tr("Send"), u"requestSend"_s, row);
    row->first()->addWidget(m_method);
    row->first()->addWidget(m_url, 1);
    row->first()->addWidget(m_headersButton);
    row->first()->addWidget(m_way);
    row->first()->addWidget(m_send);
    row->setChoices({m_headersButton, m_way});
    connect(m_method, &QComboBox::currentIndexChanged, this, &RequestPage::edited);
    connect(m_url, &QLineEdit::textChanged, this, &RequestPage::edited);
    connect(m_way, &QComboBox::currentIndexChanged, this, &RequestPage::edited);
    connect(m_url, &QLineEdit::returnPressed, this, &RequestPage::send);
    connect(m_send, &QPushButton::clicked, this, &RequestPage::send);
    m_send->setEnabled(false);
    return row;
}

QWidget *RequestPage::buildHeaders()
{
    m_headers = new QPlainTextEdit(this);
    m_headers->setObjectName(u"requestHeaders"_s);
    m_headers->setAccessibleName(tr("Headers, one a line"));
    m_headers->setPlaceholderText(tr("x-canary: 1"));
    m_headers->setTabChangesFocus(true);
    m_headers->setFont(fontOf(Type::Mono));
    m_headers->setFixedHeight(scaled(72));
    m_headers->hide();
    connect(m_headers, &QPlainTextEdit::textChanged, this, &RequestPage::edited);
    connect(m_headersButton, &QPushButton::toggled, this, [this](bool on) {
        m_headers->setVisible(on);
        if (on)
            m_headers->setFocus();
    });
    return m_headers;
}

Card *RequestPage::buildPrediction()
{
    m_predictionCard = new Card(this);
    m_predictionCard->setObjectName(u"predictionCard"_s);
    m_predictionSide = new TextLabel(Type::Dim, {}, m_predictionCard);
    m_predictionText = new TextLabel(
        Type::Body, tr("Type a URL: what serves it, and why, is said here before anything is sent."),
        m_predictionCard);
    m_predictionText->setObjectName(u"predictionText"_s);
    m_predictionText->setWordWrap(true);
    m_steps = new StepList(false, m_predictionCard);
    auto *head = new ReflowBox(560);
    head->addWidget(new TextLabel(Type::Section, tr("Prediction"), m_predictionCard));
    m_rulesButton = makeButton({}, u"requestRules"_s, m_predictionCard);
    m_rulesButton->setToolTip(
        tr("By the rules of which generation this edge is judged: predictions, checks and "
           "pages"));
    m_rulesButton->hide();
    connect(m_rulesButton, &QPushButton::clicked, this, [this] {
        QMenu *menu = makeRulesMenu(m_rules, this, [this](const QString &name) { Q_EMIT rulesChosen(name); });
        menu->popup(m_rulesButton->mapToGlobal(QPoint(0, m_rulesButton->height() + 2)));
    });
    head->addStretch();
    head->addWidget(m_predictionSide);
    head->addWidget(m_rulesButton);
    m_predictionCard->body()->addLayout(head);
    m_predictionCard->body()->addWidget(m_predictionText);
    m_predictionCard->body()->addWidget(m_steps);
    return m_predictionCard;
}

Card *RequestPage::buildAnswer()
{
    m_answerCard = new Card(this);
    m_answerCard->setObjectName(u"answerCard"_s);
    m_answerTitle = new TextLabel(Type::Section, {}, m_answerCard);
    m_answerTitle->setObjectName(u"answerTitle"_s);
    m_confirmed = new Chip(m_answerCard);
    m_confirmed->setObjectName(u"answerConfirmed"_s);
    m_answerTimes = new TextLabel(Type::Dim, {}, m_answerCard);
    m_answerTimes->setObjectName(u"answerTimes"_s);
    m_answerTimes->setWordWrap(true);
    m_answerText = new TextLabel(Type::Body, {}, m_answerCard);
    m_answerText->setObjectName(u"answerText"_s);
    m_answerText->setWordWrap(true);
    m_answerText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_parts = new QTabBar(m_answerCard);
    m_parts->setObjectName(u"answerParts"_s);
    m_parts->setAccessibleName(tr("Parts of the answer"));
    m_parts->setExpanding(false);
    for (const QString &part : {tr("Body"), tr("Headers"), tr("Timing"), tr("TLS")})
        m_parts->addTab(part);
    m_body = new TextView(tr("Answer"), m_answerCard);
    m_body->setObjectName(u"answerBody"_s);
    m_body->setFitsContents(14);
    auto *curl = makeButton(tr("Copy as curl"), u"requestCurl"_s, m_answerCard);
    auto *head = new QHBoxLayout;
    head->addWidget(m_answerTitle);
    head->addWidget(m_confirmed);
    head->addStretch(1);
    m_answerCard->body()->addLayout(head);
    m_answerCard->body()->addWidget(m_answerTimes);
    m_answerCard->body()->addWidget(m_answerText);
    m_answerCard->body()->addWidget(m_parts);
    m_answerCard->body()->addWidget(m_body);
    m_answerCard->body()->addWidget(curl, 0, Qt::AlignRight);
    connect(m_parts, &QTabBar::currentChanged, this, &RequestPage::showAnswerPart);
    connect(curl, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(asCurl()); });
    return m_answerCard;
}

void RequestPage::setWays(const QList<Way> &ways)
{
    const QString chosen = m_way->currentData().toString();
    const QSignalBlocker quiet(m_way);
    m_way->clear();
    for (const Way &way : ways)
        m_way->addItem(way.name, way.via);
    m_way->setCurrentIndex(qMax(0, m_way->findData(chosen)));
}

void RequestPage::setEdgeAddress(const QUrl &address)
{
    if (address == m_edgeAddress)
        return;
    m_edgeAddress = address;
    setFacts(address.isEmpty() ? tr("predict, send, confirm")
                               : tr("predict, send, confirm · the edge is at %1").arg(address.toString()));
    if (m_url->text().startsWith(u'/'))
        edited();
}

void RequestPage::setRules(const EdgeRules &rules)
{
    m_rules = rules;
    m_rulesButton->setVisible(!rules.image.isEmpty());
    m_rulesButton->setText(rules.chosen.isEmpty()
                               ? tr("rules %1").arg(rules.image)
                               : tr("rules %1, chosen (image: %2)").arg(rules.chosen, rules.image));
    m_rulesButton->setAccessibleName(tr("Rules of the edge: %1").arg(rulesText(rules)));
}

QList<Command> RequestPage::commands()
{
    QList<Command> commands;
    if (m_rules.image.isEmpty())
        return commands;
    for (const QString &name : QStringList{QString()} + ruleNames())
        commands.append({tr("Judge the edge by: %1").arg(ruleChoiceText(name, m_rules)),
                         name == m_rules.chosen ? tr("in force") : tr("rules"),
                         [this, name] { Q_EMIT rulesChosen(name); }});
    return commands;
}

void RequestPage::setRequest(const QString &method, const QUrl &url)
{
    m_method->setCurrentText(method);
    m_url->setText(url.toString());
    m_url->setFocus();
}

models::RequestSpec RequestPage::request() const
{
    models::RequestSpec request;
    request.method = m_method->currentText();
    const QString text = m_url->text().trimmed();
    request.url = models::urlAsTyped(text);
    request.target = models::targetAsTyped(text);
    if (text.startsWith(u'/') && !text.startsWith(u"//"_s) && !m_edgeAddress.isEmpty())
        request.url = m_edgeAddress.resolved(request.url);
    request.via = m_way->currentData().toString();
    const QStringList lines = m_headers->toPlainText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const QString name = line.section(u':', 0, 0).trimmed();
        if (!name.isEmpty())
            request.headers.append({name, line.section(u':', 1).trimmed()});
    }
    return request;
}

QString RequestPage::asCurl() const
{
    const models::RequestSpec spec = request();
    QString command = u"curl -i -X "_s + spec.method;
    for (const auto &[name, value] : spec.headers)
        command += u" -H "_s + quoted(name + u": "_s + value);
    return command + u' ' + quoted(spec.url.toString(QUrl::FullyEncoded));
}

void RequestPage::edited()
{
    const QUrl url = request().url;
    const bool complete =
        url.isValid() && !url.host().isEmpty() && (url.scheme() == u"http"_s || url.scheme() == u"https"_s);
    m_send->setEnabled(complete);
    m_headersButton->setText(request().headers.isEmpty() ? tr("Headers")
                                                         : tr("Headers (%1)").arg(request().headers.size()));
    if (complete) {
        if (!m_hasPrediction) { // else that of the last letter stays until the next one
            m_predictionText->setText(
                tr("No prediction yet: which edge would take this request is not known here."));
            m_predictionText->show();
        }
        m_debounce->start();
        return;
    }
    m_debounce->stop();
    m_hasPrediction = false;
    m_steps->setSteps({}, {});
    m_predictionSide->setText({});
    m_predictionText->setText(
        m_url->text().isEmpty()
            ? tr("Type a URL: what serves it, and why, is said here before anything is sent.")
            : tr("Not a whole URL yet: it begins with http:// or https:// and names a host, or with "
                 "/ and is the edge's."));
    m_predictionText->show();
}

void RequestPage::forget()
{
    m_hasPrediction = false;
    m_steps->setSteps({}, {});
    m_predictionSide->setText({});
    m_answerCard->hide();
    setRules({});
    setEdgeAddress({});
    PageFrame::forget();
}

void RequestPage::send()
{
    if (m_send->isEnabled())
        Q_EMIT sendRequested(request());
}

void RequestPage::setPrediction(const models::Prediction &prediction)
{
    m_hasPrediction = true;
    m_predictedStatus = prediction.status;
    QString text = prediction.reason;
    if (prediction.status != 0)
        text = tr("The edge itself will answer %1: %2").arg(prediction.status).arg(prediction.reason);
    if (!prediction.location.isEmpty())
        text += u' ' + tr("Location: %1").arg(prediction.location);
    m_predictionText->setText(text.trimmed());
    m_predictionText->setVisible(!text.trimmed().isEmpty());
    QStringList side;
    if (prediction.resourcesAt.isValid())
        side.append(
            tr("resources as of %1").arg(agoText(prediction.resourcesAt, QDateTime::currentDateTimeUtc())));
    if (!prediction.compat.isEmpty() && m_rules.image.isEmpty())
        side.append(tr("rules %1").arg(prediction.compat));
    m_predictionSide->setText(side.join(u" · "_s));
    m_predictionSide->setToolTip(exactText(prediction.resourcesAt));
    showCandidates(prediction);
}

// Why the others lose, below the step that they lose in.
void RequestPage::showCandidates(const models::Prediction &prediction)
{
    QList<QStringList> all(prediction.steps.size());
    for (qsizetype i = 0; i < prediction.steps.size(); ++i) {
        const QString &step = prediction.steps[i].title;
        if (step == u"Mapping"_s)
            all[i] = notesOf(nearestFirst(prediction.candidates), MostNotes);
        else if (step == u"Host"_s) // where none fits, they are all that there is to say
            all[i] = notesOf(nearestFirst(prediction.otherHosts),
                             prediction.mapping.isEmpty() ? MostNotes : MostNotes / 2);
    }
    m_steps->setSteps(prediction.steps, all);
}

void RequestPage::setSending(bool sending)
{
    m_send->setText(sending ? tr("Sending …") : tr("Send"));
    m_send->setEnabled(!sending && request().url.isValid() && !request().url.host().isEmpty());
}

void RequestPage::setOutcome(const models::RequestOutcome &outcome)
{
    m_outcome = outcome;
    setSending(false);
    m_answerCard->show();
    const bool failed = !outcome.error.isEmpty();
    m_answerTitle->setText(failed ? tr("No answer") : u"%1 %2"_s.arg(outcome.status).arg(outcome.reason));
    m_answerText->setText(outcome.error);
    m_answerText->setVisible(failed);
    if (failed)
        m_confirmed->set(tr("could not be sent"), Severity::Error);
    else if (!outcome.predictionHeld)
        m_confirmed->set(outcome.servedBy.isEmpty()
                             ? tr("prediction was wrong")
                             : tr("prediction was wrong: served by %1").arg(outcome.servedBy),
                         Severity::Error);
    else if (outcome.servedBy.isEmpty() && m_predictedStatus != 0 && outcome.status == m_predictedStatus)
        m_confirmed->set(outcome.status == 404 ? tr("nothing serves it, as predicted")
                                               : tr("answered by the edge itself, as predicted"),
                         Severity::Good);
    else if (outcome.servedBy.isEmpty() || outcome.confirmedBy.isEmpty())
        m_confirmed->set(tr("serving Mapping not confirmed"), Severity::Unknown);
    else
        m_confirmed->set(tr("served by %1, confirmed").arg(outcome.servedBy), Severity::Good);
    QStringList times;
    const auto add = [&times](const QString &name, double milliseconds) {
        if (milliseconds >= 0)
            times.append(u"%1 %2"_s.arg(name, millisecondsText(milliseconds)));
    };
    add(tr("connect"), outcome.connectMs);
    add(tr("TLS"), outcome.tlsMs);
    add(tr("first byte"), outcome.firstByteMs);
    QStringList lines;
    if (outcome.totalMs >= 0)
        lines.append(tr("%1: %2").arg(millisecondsText(outcome.totalMs), times.join(u" · "_s)));
    if (!outcome.confirmedBy.isEmpty())
        lines.append(tr("confirmed by %1").arg(outcome.confirmedBy));
    m_answerTimes->setText(lines.join(u'\n'));
    m_answerTimes->setVisible(!lines.isEmpty());
    m_parts->setVisible(!failed);
    m_body->setVisible(!failed);
    showAnswerPart();
    // The card was laid out without its words; it is given their height before it is seen.
    m_answerCard->layout()->invalidate();
    m_scroll->widget()->layout()->invalidate();
    m_scroll->widget()->layout()->activate();
    QTimer::singleShot(0, this, [this] { m_scroll->ensureWidgetVisible(m_answerCard); });
}

void RequestPage::showAnswerPart()
{
    QStringList lines;
    switch (m_parts->currentIndex()) {
    case 1:
        for (const auto &[name, value] : m_outcome.headers)
            lines.append(name + u": "_s + value);
        break;
    case 2:
        lines = {tr("connect     %1").arg(millisecondsText(m_outcome.connectMs)),
                 tr("TLS         %1").arg(millisecondsText(m_outcome.tlsMs)),
                 tr("first byte  %1").arg(millisecondsText(m_outcome.firstByteMs)),
                 tr("total       %1").arg(millisecondsText(m_outcome.totalMs))};
        break;
    case 3:
        lines.append(m_outcome.tls.isEmpty() ? tr("Plain HTTP: no TLS between this machine and the edge.")
                                             : m_outcome.tls);
        break;
    default:
        lines.append(m_outcome.body.isEmpty() ? tr("(no body)") : shownBody(m_outcome.body));
        if (m_outcome.bodyCut)
            lines.append(tr("… cut here"));
    }
    m_body->setPlainText(lines.join(u'\n'));
}

QList<QWidget *> RequestPage::panes() const
{
    return {m_url, m_answerCard->isVisible() ? static_cast<QWidget *>(m_body) : m_send};
}

void RequestPage::setConnection(const models::ConnectionState &state)
{
    using Phase = models::ConnectionState::Phase;
    m_wasConnected = state.phase == Phase::Live || state.phase == Phase::Stale
        || (m_wasConnected && state.phase == Phase::Failed && state.context == connection().context);
    PageFrame::setConnection(state);
}

void RequestPage::focusFilter()
{
    m_url->setFocus(Qt::ShortcutFocusReason);
    m_url->selectAll();
}

void RequestPage::goTo(const QString &target) { setRequest(u"GET"_s, QUrl(target)); }

// A request can be composed and predicted while nothing is connected; the prediction says what is missing.
bool RequestPage::hasContent() const
{
    using Phase = models::ConnectionState::Phase;
    return connection().phase == Phase::Live || connection().phase == Phase::Stale
        || (connection().phase == Phase::Failed && m_wasConnected); // what was composed stays
}

} // namespace ui
