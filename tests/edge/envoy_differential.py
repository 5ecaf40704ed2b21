#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the edge core says, against real Envoy running the export of the same configuration.

validate   every configuration that the corpus compiles is taken by `envoy --mode validate`
corpus     the corpus' requests are sent to Envoy: status, location, cluster, path, host and headers as our table decides
generated  random worlds: `sallyportctl edge run` and Envoy answer the same requests, compared with all headers
limits     what our `check` says that Envoy refuses (envoy_limits.json), and nothing else of it, is refused
Each Envoy that is found is asked.  The last line is "N passed, N failed"; differences are printed.
"""
import argparse, asyncio, concurrent.futures, copy, json, os, random, re, shutil, socket, ssl, subprocess, sys
import tempfile, threading, time

# Filters that ask somebody else, or change the body: what they do is no routing.
KEPT_FILTERS = ("envoy.filters.http.cors", "envoy.filters.http.router")


# Configurations that no Envoy can take, and why.
REFUSED = {"v1-017-tlscontext-star-0": "its TLSContext asks for the ciphers A and B, which do not exist",
           "oracle-31-health-checks-0": "a gRPC health check of a cluster without HTTP/2; several checks need names in 1.40, which 1.37 does not know"}
# Requests that are about what the test itself changes.
MOVED = {"adv-42-hosts-strip-matching-port-0": "the port in Host is cut where it is the listener's, and here the listener has another"}


class Echo:
    """Upstreams: says which address was asked, and what arrived there."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.ports = []
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def listen(self, host="127.0.0.1"):
        start = asyncio.start_server(self.serve, host, 0, backlog=512, limit=1 << 20)
        port = asyncio.run_coroutine_threadsafe(start, self.loop).result().sockets[0].getsockname()[1]
        return port

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ", 2)
                headers = [[n.lower(), v.strip()] for n, v in (line.split(":", 1) for line in head[1:] if line)]
                length = next((int(v) for n, v in headers if n == "content-length"), 0)
                if length:
                    await reader.readexactly(length)
                local = writer.get_extra_info("sockname")
                body = json.dumps({"at": list(local[:2]), "method": method, "target": target, "headers": headers})
                writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-kind: up\r\ncontent-length: {len(body)}\r\n\r\n"
                             .encode() + (b"" if method == "HEAD" else body.encode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.close()


ATTEMPTS = 4  # with other ports, where one was taken meanwhile
EXPORTED = (0, 3)  # 3: with something in it that Envoy refuses, or that stops the edge, which is said


def free_ports(count):
    """Below those that the system gives to clients, so that nobody takes one between now and its use."""
    ports = []
    for port in random.sample(range(15000, 32000), 12000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                ports.append(port)
            except OSError:
                continue
        if len(ports) == count:
            break
    return ports


def is_whole(data, method):
    """Envoy closes a second after its own answers, which is too long to wait for."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    status = int(head.split(b" ")[1]) if head.startswith(b"HTTP/1.1 ") else 0
    if method == "HEAD" or status in (204, 304):
        return True
    if length:
        return len(body) >= int(length[1])
    return b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n")


def ask(port, method, target, headers, tls=None):
    """(status, headers, body), or None: refused or closed without an answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
            stream = plain
            if tls is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                stream = context.wrap_socket(plain, server_hostname=tls or None)
            lines = [f"{method} {target} HTTP/1.1"] + [f"{n}: {v}" for n, v in headers] + ["connection: close", "", ""]
            stream.sendall("\r\n".join(lines).encode("latin-1"))
            data = b""
            while not is_whole(data, method) and (piece := stream.recv(65536)):
                data += piece
    except (OSError, ssl.SSLError):
        return None
    if not data.startswith(b"HTTP/1.1 "):
        return None
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = [[n.lower(), v.strip()] for n, v in (line.split(":", 1) for line in lines[1:])]
    if ["transfer-encoding", "chunked"] in fields:
        rest, body = body, b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            if not (length := int(size or b"0", 16)):
                break
            body, rest = body + rest[:length], rest[length + 2:]
    return int(lines[0].split(" ")[1]), fields, body


def walk(value, change):
    """change(key, dict) for every member of every object, depth first."""
    if isinstance(value, dict):
        for key in list(value):
            walk(value[key], change)
            change(key, value)
    elif isinstance(value, list):
        for item in value:
            walk(item, change)


class Files:
    """One certificate that stands for all that a configuration names."""

    def __init__(self, folder):
        self.cert, self.key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=test", "-keyout", self.key, "-out", self.cert], check=True, capture_output=True)

    def put(self, bootstrap):
        def change(key, owner):
            if key == "filename":
                owner[key] = self.cert
            elif key == "private_key":
                owner[key] = {"filename": self.key}
            elif key == "access_log":
                walk(owner[key], lambda inner, log: log.update(path="/dev/null") if inner == "path" else None)
            elif key == "crl":  # a list of another authority would be refused
                del owner[key]
        walk(bootstrap, change)


def merged(bootstraps):
    """Many configurations as one, with names of their own."""
    whole = None
    for number, (name, given) in enumerate(bootstraps):
        one = copy.deepcopy(given)
        names = {cluster["name"] for cluster in one["static_resources"]["clusters"]}

        def change(key, owner):
            if key in ("cluster", "cluster_name", "collector_cluster", "name") and owner[key] in names:
                owner[key] = f"{number}~{owner[key]}"
        walk(one, change)
        for listener in one["static_resources"]["listeners"]:
            listener["name"] = f"{name}~{listener['name']}"
        if whole is None:
            whole = one
        else:
            for field in ("listeners", "clusters"):
                whole["static_resources"][field] += one["static_resources"][field]
    return whole


class Envoy:
    def __init__(self, program, folder):
        self.program, self.folder, self.process = program, folder, None

    def version(self):
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout
        return (re.search(r"/(\d+\.\d+\.\d+)/", said) or ["", "?"])[1]

    def write(self, bootstrap, name):
        path = os.path.join(self.folder, name + ".json")
        with open(path, "w") as file:
            json.dump(bootstrap, file)
        return path

    def refusal(self, bootstrap, name):
        """Why it is not taken; "" it is."""
        path = self.write(bootstrap, "validate-" + name)
        done = subprocess.run([self.program, "--mode", "validate", "-c", path, "-l", "error"], capture_output=True, text=True)
        return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-500:]

    def start(self, bootstrap, name):
        self.clashed = False
        (self.admin,) = free_ports(1)
        bootstrap["admin"] = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": self.admin}}}
        log = open(os.path.join(self.folder, name + ".log"), "w")
        self.process = subprocess.Popen([self.program, "-c", self.write(bootstrap, name), "--concurrency", "1", "--disable-hot-restart",
                                         "-l", "warning"], stdout=log, stderr=log)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.admin), timeout=1) as probe:
                    probe.sendall(b"GET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                    if b"LIVE" in probe.recv(4096):
                        return True
            except OSError:
                pass
            time.sleep(0.1)
        said = open(log.name).read()
        self.clashed = "Address already in use" in said  # somebody took a port between free_ports() and now: try others
        print(said[-2000:])
        return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def note(self, good, text):
        self.passed += bool(good)
        self.failed += not good
        if not good and self.failed <= 60:
            print("difference: " + text)


def corpus_tasks(options, folder):
    out = os.path.join(folder, "tasks")
    subprocess.run([options.runner, "--envoy", out, options.corpus], check=True)
    tasks = []
    for name in sorted(os.listdir(out)):
        with open(os.path.join(out, name)) as file:
            tasks.append((name[:-5], json.load(file)))
    return tasks


def validate(envoy, tasks, files, count):
    ready = []
    for name, task in tasks:
        bootstrap = copy.deepcopy(task["bootstrap"])
        files.put(bootstrap)
        ready.append((name, bootstrap))
    chunks = [ready[i:i + 24] for i in range(0, len(ready), 24)]

    def check(chunk):  # all at once, and each alone where that fails
        if not envoy.refusal(merged(chunk), "chunk-" + chunk[0][0]):
            return [(name, "") for name, _ in chunk]
        return [(name, envoy.refusal(bootstrap, name)) for name, bootstrap in chunk]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for results in pool.map(check, chunks):
            for name, why in results:
                if why and name in REFUSED:
                    print(f"explained: {name}: {REFUSED[name]}")
                    continue
                count.note(not why, f"{name}: Envoy takes no such configuration: {why}")


def limit_object(kind, name, spec):
    if kind == "Mapping":
        spec = {"hostname": "*", "prefix": "/m/", "service": "s", **spec}
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": kind, "spec": spec,
            "metadata": {"name": "ambassador" if kind == "Module" else name, "namespace": "ambassador"}}


def limit_world(row):
    anybody = {"requestPolicy": {"insecure": {"action": "Route"}}, "hostname": "*"}
    main = {"port": 8080, "protocol": "HTTP", "securityModel": "XFP", "hostBinding": {"namespace": {"from": "ALL"}}}
    world = [limit_object("Listener", "main", main), limit_object("Host", "any", anybody),
             limit_object("Mapping", "other", {"prefix": "/other/"}), limit_object(row["kind"], "it", row["spec"])]
    if "beside" in row:
        world.append(limit_object(row["beside"]["kind"], row["beside"]["name"], row["beside"]["spec"]))
    return world


def limits(envoy, options, count, folder):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "envoy_limits.json")) as file:
        rows = json.load(file)

    def check(numbered):
        number, row = numbered
        place = os.path.join(folder, str(number))
        os.makedirs(place)
        with open(os.path.join(place, "world.yaml"), "w") as file:
            file.write("\n---\n".join(json.dumps(one) for one in limit_world(row)))
        done = subprocess.run([options.ctl, "edge", "export", "-f", place, "--format", "envoy", "-o", "json"], capture_output=True, text=True)
        if done.returncode not in EXPORTED:
            return row, "no export: " + done.stderr
        bootstrap = json.loads(done.stdout)
        if "regex" in row:  # such a Mapping is left out of the export: ask about its regex in another one's place
            for listener in bootstrap["static_resources"]["listeners"]:
                for chain in listener["filter_chains"]:
                    for site in chain["filters"][0]["typed_config"]["route_config"]["virtual_hosts"]:
                        for route in site["routes"]:
                            if route["match"].get("prefix") == "/other/":
                                route["match"] = {"safe_regex": {"regex": row["regex"]}}
        return row, envoy.refusal(bootstrap, f"limits-{number}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for row, why in pool.map(check, enumerate(rows)):
            count.note(bool(why) == bool(row["refused"]) and not why.startswith("no export"), f"{row['title']}: Envoy says '{why}'")


def made_local(bootstrap, places, listens):
    """Listeners on free ports, clusters each on an address of its own (127.x.y.z); what is no routing taken out."""
    for cluster in bootstrap["static_resources"]["clusters"]:
        number = len(places) + 1
        address = f"127.{10 + number // 60000}.{number // 250 % 240}.{number % 250 + 1}"
        places[address] = cluster["name"]
        for field in ("transport_socket", "health_checks", "typed_extension_protocol_options", "dns_lookup_family", "respect_dns_ttl"):
            cluster.pop(field, None)
        named = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]["address"]
        cluster["type"] = "STATIC"
        cluster["load_assignment"]["endpoints"] = [{"lb_endpoints": [{"endpoint": {"hostname": named, "address": {
            "socket_address": {"address": address, "port_value": places["port"]}}}}]}]
    kept = []
    for listener in bootstrap["static_resources"]["listeners"]:
        where = listener["address"]["socket_address"]
        listens[(listener["name"].split("~")[0], where["port_value"])] = None
        kept.append((listener, where["port_value"]))
    for (listener, port), free in zip(kept, free_ports(len(kept))):
        listens[(listener["name"].split("~")[0], port)] = free
        listener["address"] = {"socket_address": {"address": "127.0.0.1", "port_value": free}}
        listener["listener_filters"] = [one for one in listener.get("listener_filters", []) if "proxy_protocol" not in one["name"]]
        for chain in listener["filter_chains"]:
            for one in chain["filters"]:
                manager = one["typed_config"]
                if "http_filters" in manager:
                    manager["http_filters"] = [f for f in manager["http_filters"] if f["name"] in KEPT_FILTERS]
                    manager.pop("access_log", None), manager.pop("tracing", None)

    def change(key, owner):
        if key in ("require_client_certificate", "cipher_suites", "ecdh_curves", "rate_limits"):
            del owner[key]
        elif key == "typed_per_filter_config":
            owner[key] = {n: v for n, v in owner[key].items() if n in KEPT_FILTERS}
    walk(bootstrap["static_resources"]["listeners"], change)


def corpus(envoy, tasks, files, count):
    echo = Echo()
    upstream = echo.listen("0.0.0.0")
    asked = [(name, task) for name, task in tasks if task["queries"]]
    whole = merged([(name, task["bootstrap"]) for name, task in asked])
    files.put(whole)
    for attempt in range(ATTEMPTS):
        places, listens, local = {"port": upstream}, {}, copy.deepcopy(whole)
        made_local(local, places, listens)
        if envoy.start(local, f"corpus-{attempt}"):
            break
        if not envoy.clashed or attempt + 1 == ATTEMPTS:
            count.note(False, "Envoy does not start with the configurations of the corpus")
            return
    skipped = 0
    for name, task in asked:
        for query in task["queries"]:
            request, answer = query["request"], query["answer"]
            port = listens.get((name, request["port"]))
            if query["weighted"] or answer.get("refused") or request.get("ws") or request.get("client_cert") or not port:
                skipped += 1
                continue
            if name in MOVED:
                skipped += 1
                continue
            headers = [["host", request["authority"]]] + [[n, v] for n, v in request["headers"].items()]
            got = ask(port, request["method"], request["path"], headers, (request["sni"] or "") if request["tls"] else None)
            count.note(*same_answer(f"{name}: {request['method']} {request['authority']} {request['path']} {request['headers']}",
                                    answer, got, places, [[n.lower(), v.strip()] for n, v in headers]))
    envoy.stop()
    print(f"corpus: {skipped} requests left out: weighted, refused connections, WebSocket, client certificates")
    for name, why in MOVED.items():
        print(f"explained: {name}: {why}")


def valued(headers, name):
    return [value for other, value in headers if other == name]


def same_answer(title, answer, got, places, asked):
    if got is None:
        return False, f"{title}: no answer from Envoy, ours {answer}"
    status, headers, body = got
    wanted = answer.get("routed")
    # What the client sent and no rule names arrives as it was, but for what Envoy itself reads and writes.
    sent = {name: valued(asked, name) for name, _ in asked if wanted and name not in answer["request_headers"]
            and name not in ("host", "connection", "te", "expect", "upgrade") and not name.startswith(("x-forwarded-", "x-envoy-", "x-request-id"))}
    if not wanted:
        location = dict(headers).get("location")
        theirs = {"status": status, **({"location": location} if location else {})}
        ours = {"status": answer.get("status"), **({"location": answer["location"]} if answer.get("location") else {})}
        return ours == theirs, f"{title}: ours {ours}, Envoy {theirs}"
    ours = {field: wanted[field] for field in ("cluster", "path", "host")}
    ours.update(request_headers=answer["request_headers"], response_headers=answer["response_headers"], sent=sent)
    if status != 200 or not body.startswith(b"{"):
        return False, f"{title}: ours {ours}, Envoy {status} {body[:100]}"
    seen = json.loads(body)
    theirs = {"cluster": places[seen["at"][0]].split("~", 1)[1], "path": seen["target"], "host": dict(map(tuple, seen["headers"])).get("host"),
              "request_headers": {name: valued(seen["headers"], name) for name in answer["request_headers"]},
              "response_headers": {name: valued(headers, name) for name in answer["response_headers"]},
              "sent": {name: valued(seen["headers"], name) for name in sent}}
    return ours == theirs, f"{title}: ours {ours}, Envoy {theirs}"


# --- generated worlds ------------------------------------------------------------------------------------------------

SERVICES = ["alpha", "beta", "gamma", "delta:8080", "epsilon.other", "zeta"]


def an_object(kind, name, spec):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": kind, "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def a_mapping(dice, number):
    prefix = dice.choice(["/", "/a/", "/a/b/", "/a/b", "/api/v1/", "/Case/", "/x-%41/", "/deep/er/path/"])
    spec = {"prefix": prefix, "service": dice.choice(SERVICES), "hostname": dice.choice(["*", "*", "a.test", "b.test", "*.wild.test"])}
    may = lambda n: dice.randrange(n) == 0
    if may(6):
        spec.update(prefix=dice.choice(["/re/[0-9]+", "/re/.*", "/(one|two)/x"]), prefix_regex=True)
    elif may(8):
        spec["prefix_exact"] = True
    if may(3):
        spec["rewrite"] = dice.choice(["", "/new/", "/n", "/"])
    if may(8):
        spec["regex_rewrite"] = {"pattern": dice.choice(["/a/(.*)", "[0-9]+"]), "substitution": dice.choice(["/\\1", "/z"])}
    if may(6):
        spec["case_sensitive"] = False
    if may(5):
        spec["headers"] = {"x-kind": dice.choice(["one", "two"])}
    if may(7):
        spec["regex_headers"] = {"x-num": "[0-9]+"}
    if may(6):
        spec["query_parameters"] = {"q": dice.choice(["1", "2"])}
    if may(8):
        spec["regex_query_parameters"] = {"r": ".+"}
    if may(6):
        spec["method"] = dice.choice(["GET", "POST"])
    if may(7):
        spec["precedence"] = dice.choice([-1, 1, 5])
    if may(5):
        spec["weight"] = dice.choice([30, 50])
    if may(7):
        spec.update(host_redirect=True, service="redirected.test", redirect_response_code=dice.choice([301, 302, 307, 308]))
        spec.update(dice.choice([{}, {"path_redirect": "/moved"}, {"prefix_redirect": "/to/"}]))
        spec.pop("weight", None)
    if may(5):
        spec["add_request_headers"] = {"x-added": dice.choice([{"value": "v"}, {"value": "%REQ(:path)%", "append": False}])}
    if may(5):
        spec["add_response_headers"] = {"x-kind": {"value": "edge", "append": may(2)}}
    if may(8):
        spec["remove_response_headers"] = ["x-kind"]
    if may(8):
        spec["remove_request_headers"] = ["x-num"]
    if may(8):
        spec["host_rewrite"] = "rewritten.test"
    if may(9):
        spec["cors"] = {"origins": ["https://o.test"], "methods": ["GET"], "headers": ["x-a"], "credentials": True, "max_age": "60"}
    return an_object("Mapping", f"m{number}", spec)


def a_world(dice):
    objects = [an_object("Listener", "l", {"port": 8080, "protocol": "HTTP", "securityModel": dice.choice(["XFP", "INSECURE", "SECURE"]),
                                           "l7Depth": dice.choice([0, 1]), "hostBinding": {"namespace": {"from": "ALL"}}})]
    for number, hostname in enumerate(["*", *dice.sample(["a.test", "*.wild.test", "b.test"], dice.choice([0, 0, 1, 2]))]):
        objects.append(an_object("Host", f"h{number}", {"hostname": hostname, "requestPolicy": {"insecure": {
            "action": dice.choice(["Route", "Route", "Redirect", "Reject"])}}}))
    return objects + [a_mapping(dice, number) for number in range(dice.choice([4, 10, 20]))]


def a_request(dice):
    path = dice.choice(["/", "/a/", "/a/b", "/a/b/c", "/a/bc", "/api/v1/x", "/case/", "/Case/y", "/re/17", "/re/x", "/one/x", "/two/xx",
                        "/deep/er/path/z", "/x-A/", "/.well-known/acme-challenge/t", "/none"])
    path += dice.choice(["", "", "?q=1", "?q=2&r=x", "?a=b&q=1", "?r="])
    headers = [["host", dice.choice(["a.test", "a.test", "b.test", "x.wild.test", "other.test", "A.test", "a.test:8080"])]]
    for name, values in (("x-kind", ["one", "two", "three"]), ("x-num", ["12", "no"]), ("x-forwarded-proto", ["https", "http"]),
                         ("origin", ["https://o.test", "https://p.test"]), ("access-control-request-method", ["GET"])):
        if dice.randrange(3) == 0:
            headers.append([name, dice.choice(values)])
    return dice.choice(["GET", "GET", "GET", "POST", "OPTIONS", "HEAD"]), path, headers


UNSTEADY = ("date", "x-request-id", "x-envoy-upstream-service-time", "content-length")


def plain(got, ports):
    """An answer without what differs from call to call."""
    if got is None:
        return "no answer"
    status, headers, body = got
    shown = {"status": status, "headers": sorted([n, v] for n, v in headers if n not in UNSTEADY and n not in ("connection", "transfer-encoding"))}
    if body.startswith(b"{"):
        seen = json.loads(body)
        fields = [[n, re.sub(r"\d+\.\d+\.\d+\.\d+", "<ip>", v)] for n, v in seen["headers"] if n not in UNSTEADY]
        shown["upstream"] = [ports[seen["at"][1]], seen["method"], seen["target"], sorted(fields)]
    return json.dumps(shown)


def started_both(envoy, options, common, name):
    """Our edge and Envoy with our export, on ports of their own: (process, our port, Envoy's), or (None, None, why not)."""
    why = ""
    for attempt in range(ATTEMPTS):
        ours, theirs = free_ports(2)
        export = subprocess.run([options.ctl, "edge", "export", "--format", "envoy", "--listener", f"8080=127.0.0.1:{theirs}"] + common,
                                capture_output=True, text=True)
        if export.returncode not in EXPORTED:
            return None, None, export.stderr
        run = subprocess.Popen([options.ctl, "edge", "run", "--listener", f"8080=127.0.0.1:{ours}"] + common, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        is_ready = run.stdout.readline().startswith("ready")
        if is_ready and envoy.start(json.loads(export.stdout), f"{name}-{attempt}"):
            return run, ours, theirs
        why = "Envoy does not start" if is_ready else "our edge does not start"
        envoy.stop()
        run.terminate()
        run.wait()
        if is_ready and not envoy.clashed:
            break
    return None, None, why


def generated(envoy, options, count, folder):
    echo = Echo()
    ports = {echo.listen(): service for service in SERVICES}
    maps = [f"{service}=127.0.0.1:{port}" for port, service in ports.items()]
    for number in range(options.worlds):
        seed = options.seed + number
        dice = random.Random(seed)
        world = os.path.join(folder, f"world-{seed}")
        os.makedirs(world)
        with open(os.path.join(world, "all.yaml"), "w") as file:
            file.write("---\n".join(json.dumps(one) + "\n" for one in a_world(dice)))
        common = ["-f", world, "-n", "default"] + [word for one in maps for word in ("--map", one)]
        run = None
        try:
            run, ours, theirs = started_both(envoy, options, common, f"generated-{seed}")
            if not run:
                count.note(False, f"seed {seed}: {theirs}")
                continue
            for _ in range(options.requests):
                request = a_request(dice)
                one, other = (plain(ask(port, *request), ports) for port in (ours, theirs))
                if one != other:  # a canary draws anew each time: then all that can be drawn must be the same
                    one, other = ({plain(ask(port, *request), ports) for _ in range(60)} for port in (ours, theirs))
                count.note(one == other, f"seed {seed}: {request}:\n    ours  {one}\n    Envoy {other}")
        finally:
            envoy.stop()
            if run:
                run.terminate()
                run.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["validate", "corpus", "generated", "limits"])
    parser.add_argument("--envoy", action="append", default=[])
    parser.add_argument("--runner"), parser.add_argument("--ctl"), parser.add_argument("--corpus")
    parser.add_argument("--seed", type=int, default=1), parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=150)
    options = parser.parse_args()
    envoys = [os.environ["ENVOY"]] if os.environ.get("ENVOY") else [path for path in options.envoy if os.access(path, os.X_OK)]
    if not envoys:
        print("skipped: no envoy (set ENVOY, or ./dev setup --peers)")
        return 0
    if not shutil.which("openssl"):
        print("skipped: no openssl")
        return 0
    count = Count()
    with tempfile.TemporaryDirectory() as folder:
        files = Files(folder)
        tasks = corpus_tasks(options, folder) if options.corpus and os.path.isdir(options.corpus) else []
        if not tasks:
            print("skipped: the shared corpus is not here (SALLYPORT_SHARED); generated worlds only")
        for path in envoys:
            envoy = Envoy(path, folder)
            for part in options.parts:
                before = (count.passed, count.failed)
                if part in ("generated", "limits"):
                    {"generated": generated, "limits": limits}[part](envoy, options, count, tempfile.mkdtemp(dir=folder))
                elif tasks:
                    {"validate": validate, "corpus": corpus}[part](envoy, tasks, files, count)
                print(f"Envoy {envoy.version()}, {part}: {count.passed - before[0]} passed, {count.failed - before[1]} failed", flush=True)
            envoy.stop()
    print(f"{count.passed} passed, {count.failed} failed")
    return count.failed != 0


sys.exit(main())
