<?php
$secret = base64_decode(substr(getenv("STAFFETTA_WEBHOOK_SECRET"), strlen("whsec_")));
$body = file_get_contents("php://input");
$id = $_SERVER["HTTP_WEBHOOK_ID"] ?? "";
$time = $_SERVER["HTTP_WEBHOOK_TIMESTAMP"] ?? "";
$made = "v1," . base64_encode(hash_hmac("sha256", "$id.$time.$body", $secret, true));
$given = explode(" ", $_SERVER["HTTP_WEBHOOK_SIGNATURE"] ?? "");
if (!array_filter($given, fn ($each) => hash_equals($made, $each)) || abs(time() - (int) $time) > 300) {
    http_response_code(401);
    exit;
}
$event = json_decode($body, true);
error_log($event["type"]);
http_response_code(204);
