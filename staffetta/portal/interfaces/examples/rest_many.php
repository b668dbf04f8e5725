<?php
$call = curl_init("@URL@/api/v1/batches");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        "Authorization: Bearer " . @KEY@,
        "Content-Type: application/json",
        "Idempotency-Key: reminders-" . uniqid(),
    ],
    CURLOPT_POSTFIELDS => json_encode([
        "type" => @TYPE@,
        "sender" => "BRUNI",
        "recipients" => [
            ["to" => "+393300000001", "text" => "Ciao Ada, ti aspettiamo domani alle 9."],
            ["to" => "+393300000021", "text" => "Ciao Ugo, ti aspettiamo domani alle 10."],
        ],
    ]),
]);
echo curl_exec($call), "\n";
