// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/running_pod.h"

#include "app/demo/volumes.h"

#include <asio/post.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

namespace demo {

namespace {

constexpr std::chrono::milliseconds FirstBackOff{1000};
constexpr int LongestBackOff = 10; // times FirstBackOff
constexpr char ImagePullBackOff[] = "ImagePullBackOff";

void writeFile(const std::string &path, const std::string &text)
{
    const std::string temporary = path + ".new"; // renamed, so that a reader never sees a half of it
    std::ofstream(temporary, std::ios::binary | std::ios::trunc) << text;
    std::error_code ignored;
    std::filesystem::permissions(
        temporary, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    std::filesystem::rename(temporary, path, ignored);
}

} // namespace

RunningPod::RunningPod(World &world, ObjectPtr pod)
    : m_world(world)
    , m_pod(std::move(pod))
    , m_identity(podIdentity(*m_pod))
{
}

RunningPod::~RunningPod() { stop(); }

void RunningPod::start()
{
    const auto &containers = m_pod->at({"spec", "containers"}).items();
    m_containers.resize(containers.size());
    for (std::size_t i = 0; i < containers.size(); ++i) {
        m_containers[i].name = containers[i]["name"].text();
        m_containers[i].image = containers[i]["image"].text();
        startContainer(i);
    }
    bindPorts();
}

void RunningPod::startContainer(std::size_t index)
{
    Container &container = m_containers[index];
    const Value &spec = m_pod->at({"spec", "containers"}).items()[index];
    container.startedAt = utcText(false);
    container.waitingReason.clear();
    if (imageName(container.image) == "proxyv2" || imageName(container.image) == "proxy")
        return startSidecar(spec);
    container.program = makeProgram(contextFor(index));
    if (!container.program) {
        container.waitingReason = ImagePullBackOff;
        container.waitingMessage =
            "Back-off pulling image \"" + container.image + "\": the demo cluster has no such image";
        return;
    }
    if (const auto started = container.program->start(); !started) {
        m_world.logs.append(m_identity.nameSpace, m_identity.name, container.name, started.error().message);
        containerExited(index, 1);
    }
}

ContainerContext RunningPod::contextFor(std::size_t index)
{
    const std::weak_ptr<bool> alive = m_alive;
    const std::string container = m_containers[index].name;
    const auto guarded = [this, alive](auto call) {
        return [this, alive, call](auto... values) {
            if (alive.lock())
                call(values...);
        };
    };
    return {m_world,
            m_identity,
            *m_pod,
            m_pod->at({"spec", "containers"}).items()[index],
            [&logs = m_world.logs, pod = m_identity, container](const std::string &line) {
                logs.append(pod.nameSpace, pod.name, container, line);
            },
            guarded([this] { bindPorts(); }),
            guarded([this, index](int code) { containerExited(index, code); })};
}

// Restarted with a growing back-off, as the kubelet does.
void RunningPod::containerExited(std::size_t index, int code)
{
    Container &container = m_containers[index];
    const std::string &policy = m_pod->at({"spec", "restartPolicy"}).text();
    if (policy == "Never" || (policy == "OnFailure" && code == 0)) {
        container.exitCode = code;
        container.finishedAt = utcText(false);
        if (changed)
            changed();
        return;
    }
    container.waitingReason = container.restarts == 0 ? "Error" : "CrashLoopBackOff";
    container.waitingMessage = "the program ended with code " + std::to_string(code) + "; its log says why";
    const int factor = std::min(1 << std::min(container.restarts, 4), LongestBackOff);
    container.restart = std::make_unique<Timer>(m_world.loop);
    container.restart->after(FirstBackOff * factor, [this, index] {
        ++m_containers[index].restarts;
        m_world.logs.startAgain(m_identity.nameSpace, m_identity.name, m_containers[index].name);
        m_containers[index].program.reset();
        startContainer(index);
        bindPorts();
        if (changed)
            changed();
    });
    if (changed)
        changed();
}

void RunningPod::startSidecar(const Value &container)
{
    SidecarSettings settings;
    settings.pod = m_identity;
    settings.istioVersion = imageTag(container["image"].text());
    settings.certLife = m_world.options.certLife;
    const auto log = [&logs = m_world.logs, pod = m_identity](const std::string &line) {
        logs.append(pod.nameSpace, pod.name, "istio-proxy", line);
    };
    settings.log = log;
    m_sidecar = std::make_shared<Sidecar>(m_world.loop, m_world.meshAuthority, std::move(settings));
    const std::string output = environmentOf(container, "OUTPUT_CERTS");
    const auto folder = output.empty() ? std::nullopt : volumePath(m_world.folder, *m_pod, container, output);
    m_sidecar->certificate().changed = [this, folder, log](const KeyPair &pair) {
        log(utcText(true) + "\tinfo\tcache\tworkload certificate of " + m_sidecar->certificate().identity()
            + " taken from istiod, renewal number " + std::to_string(m_sidecar->certificate().renewals()));
        if (folder)
            writeCertificates(pair, *folder);
    };
    if (const auto started = m_sidecar->start(); !started)
        m_world.logs.append(m_identity.nameSpace, m_identity.name, "istio-proxy", started.error().message);
    m_world.policy.connect(m_sidecar);
}

void RunningPod::writeCertificates(const KeyPair &pair, const std::string &folder) const
{
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    writeFile(folder + "/cert-chain.pem", pair.certificateChain);
    writeFile(folder + "/key.pem", pair.privateKey);
    writeFile(folder + "/root-cert.pem", m_world.meshAuthority.certificate());
}

void RunningPod::bindPorts()
{
    m_world.network.release(m_identity.address);
    const bool captures = m_sidecar && isInjected(*m_pod);
    for (const Container &container : m_containers) {
        for (const InboundPort &port :
             container.program ? container.program->ports() : std::vector<InboundPort>()) {
            std::uint16_t outside = port.isLocalOnly ? 0 : port.applicationPort;
            if (captures && port.application) {
                std::uint16_t &captured = m_captured[port.containerPort];
                if (captured == 0)
                    captured = m_sidecar->capture(port).value_or(0);
                outside = captured;
            }
            m_world.network.bind(m_identity.address, port.containerPort, outside, port.applicationPort);
        }
    }
    if (!m_sidecar)
        return;
    for (const auto &[port, bound] : m_sidecar->agentPorts())
        m_world.network.bind(m_identity.address, port, port == Sidecar::AdminPort ? 0 : bound, bound);
}

void RunningPod::stop()
{
    m_alive.reset();
    changed = {};
    m_world.network.release(m_identity.address);
    if (m_sidecar)
        m_sidecar->stop();
    for (Container &container : m_containers) {
        container.restart.reset();
        if (container.program)
            container.program->stop();
    }
}

bool RunningPod::Container::awaitsImage() const { return waitingReason == ImagePullBackOff; }

bool RunningPod::isReady() const
{
    for (const Container &container : m_containers) {
        if (!container.waitingReason.empty() || container.exitCode
            || (container.program && !container.program->isReady()))
            return false;
    }
    return true;
}

const char *RunningPod::phase() const
{
    if (std::any_of(m_containers.begin(), m_containers.end(), std::mem_fn(&Container::awaitsImage)))
        return "Pending"; // whatever runs beside it
    bool allWell = true;
    for (const Container &container : m_containers) {
        if (!container.exitCode)
            return "Running";
        allWell = allWell && *container.exitCode == 0;
    }
    return allWell ? "Succeeded" : "Failed";
}

Value RunningPod::containerStatuses() const
{
    Value statuses = Value::array();
    for (const Container &container : m_containers) {
        const bool runs = container.waitingReason.empty() && !container.exitCode;
        Value status = Value::object({{"name", container.name},
                                      {"image", container.image},
                                      {"imageID", container.awaitsImage() ? "" : "demo://" + container.image},
                                      {"restartCount", container.restarts},
                                      {"ready", runs && (!container.program || container.program->isReady())},
                                      {"started", runs}});
        if (container.exitCode) {
            Value ended = Value::object({{"exitCode", *container.exitCode},
                                         {"reason", *container.exitCode == 0 ? "Completed" : "Error"},
                                         {"startedAt", container.startedAt},
                                         {"finishedAt", container.finishedAt}});
            status.set("state", Value::object({{"terminated", std::move(ended)}}));
        } else if (runs) {
            status.set("containerID", "demo://" + m_identity.uid + "/" + container.name);
            status.set("state",
                       Value::object({{"running", Value::object({{"startedAt", container.startedAt}})}}));
        } else {
            status.set("state",
                       Value::object({{"waiting",
                                       Value::object({{"reason", container.waitingReason},
                                                      {"message", container.waitingMessage}})}}));
        }
        status.set("lastState", Value::object());
        statuses.push(std::move(status));
    }
    return statuses;
}

} // namespace demo
